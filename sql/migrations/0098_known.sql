-- 0098: schools that come late are looked up each by itself: they stand far apart, and what lies between them is the whole slice.

drop function plumbline.known_rows(text, text, integer, text, text, text, text);

-- known_rows(): what a slice holds of a district and period, as rows of COPY: the catalogue's columns in order, suppressed.
-- Of the units one by one (in a subquery that stays one, whatever is known of the table's size), or from the first to the
-- last of them, no more rows than most.
create function plumbline.known_rows(feed_name text, relation text, year integer, district text, period text, unit_column text, units text[],
                                     most bigint) returns text
language sql stable set search_path = pg_catalog as $$
  select case when most is null
              then format('copy (select k.* from unnest(%L::text[]) u (unit) cross join lateral (select %s and %I = u.unit offset 0) k) to stdout (format binary)',
                          units, rows, unit_column)
              else format('copy (select %s and %I between %L and %L limit %s) to stdout (format binary)',
                          rows, unit_column, units[1], units[cardinality(units)], most)
         end
    from (select format('%s, suppressed from %s where district_code = %L and year = %s and %I = %L',
                        (select string_agg(quote_ident(c.column_name), ', ' order by c.position) from plumbline.feed_column c
                          where c.feed = feed_name and c.column_name <> 'district_code'),
                        relation, district, year, plumbline.period_column(feed_name), period)) r (rows)
$$;
comment on function plumbline.known_rows(text, text, integer, text, text, text, text[], bigint) is
  '读取已有行的 COPY 语句 | COPY that reads the rows that a slice holds';
