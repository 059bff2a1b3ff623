-- 0018: the slice of a month's days ends where the month does.
create or replace function plumbline.slice_bounds(year integer, period text, district text) returns text
language sql immutable set search_path = pg_catalog as $$
  select case
    when period ~ '^\d{4}-\d\d-\d\d$' then format('from (%1$s, %2$L, minvalue) to (%1$s, %3$L, minvalue)', year, left(period, 8), left(period, 8) || '~')
    when district is null then format('from (%1$s, %2$L, minvalue) to (%1$s, %2$L, maxvalue)', year, period)
    else format('from (%1$s, %2$L, %3$L) to (%1$s, %2$L, %4$L)', year, period, district, district || '!')
  end
$$;
