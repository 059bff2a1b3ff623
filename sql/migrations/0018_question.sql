-- 0018: indexes for what is asked most: an indicator through the years, what awaits confirmation, what moved
-- lately. (None on known_from of the current rows: every view asks for known_from <= the moment seen, and the planner would take it.)
create index estimate_indicator on plumbline.estimate (indicator, stratum, period);
create index estimate_provisional on plumbline.estimate (indicator, period) where provisional;
create index estimate_history_known_to on plumbline.estimate_history (known_to);

-- Days share the slice of their month: its upper bound was its lower one.
create or replace function plumbline.slice_bounds(year integer, period text, district text) returns text
language sql immutable set search_path = pg_catalog as $$
  select case
    when period ~ '^\d{4}-\d\d-\d\d$' then format('from (%1$s, %2$L, minvalue) to (%1$s, %3$L, minvalue)', year, left(period, 8), left(period, 8) || '~')
    when district is null then format('from (%1$s, %2$L, minvalue) to (%1$s, %2$L, maxvalue)', year, period)
    else format('from (%1$s, %2$L, %3$L) to (%1$s, %2$L, %4$L)', year, period, district, district || '!')
  end
$$;
