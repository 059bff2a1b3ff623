-- 0034: slices that are quick to look into and to correct.

-- known_rows(): with the year, the key's second column, so that the index leads to the units.
drop function plumbline.known_rows(text, text, text, text, text, text);
create function plumbline.known_rows(feed_name text, relation text, year integer, district text, unit_column text, first text, last text) returns text
language sql stable set search_path = pg_catalog as $$
  select format('copy (select %s, suppressed, provisional from %s where district_code = %L and year = %s and %I between %L and %L) to stdout (format binary)',
    (select string_agg(quote_ident(c.column_name), ', ' order by c.position) from plumbline.feed_column c
      where c.feed = feed_name and c.column_name <> 'district_code'), relation, district, year, unit_column, first, last)
$$;
comment on function plumbline.known_rows(text, text, integer, text, text, text, text) is '读取已有行的 COPY 语句 | COPY that reads the rows that a slice holds';

-- create_slice(): a page keeps room for the new version of a row or two. A correction of a few rows then leaves the index alone.
create or replace function plumbline.create_slice(feed_name text, year integer, period text, district text, batch bigint, known timestamptz)
  returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  period_name text := plumbline.period_column(feed_name);
  relation text := plumbline.slice_name(feed_name, period, district);
  days boolean := period ~ '^\d{4}-\d\d-\d\d$';
begin
  execute format('drop table if exists %s', relation);
  execute format('create table %s (like %s including comments including constraints) with (fillfactor = 96)', relation, target);
  execute format('comment on table %s is %L', relation,
                 format('%1$s 的 %2$s 分片 | rows of %1$s in %2$s', target, concat_ws(' ', case when days then left(period, 7) else period end, district)));
  if not days then
    execute format('alter table %s alter year set default %L, alter %I set default %L, alter batch_id set default %L, alter known_from set default %L,
                                   add constraint slice_ck check (year = %2$L and %3$I = %4$L %7$s) %8$s',
                   relation, year, period_name, period, batch, known, 'and district_code = ' || quote_literal(district),
                   ', alter district_code set default ' || quote_literal(district));
  end if;
end $$;
