-- show_indicator_copy: the COPY that reads what schools reported of an indicator, in the finest strata. Where the years are known, the
-- view's own text is narrowed to them, for the view does not show which partitions are needed. $1 indicator, $2 periods that are left out,
-- $3 years that alone have others, empty where it is not known
select format('copy (select district_code, unit_code, period, stratum, numerator::bigint, denominator::bigint, coalesce(provisional, false)'
              ' from %s v where numerator is not null%s) to stdout (format binary)',
              case when $3::smallint[] <> '{}'
                then format('(%s)', plumbline.indicator_body(i.indicator, i.numerator, i.denominator,
                       format(E'(%s\n) and f.year = any (%L)', coalesce(nullif(i.filter, ''), 'true'), $3::smallint[])))
                else format('indicator.%I', i.indicator) end,
              case when $2::text[] <> '{}' then format(' and period <> all (%L)', $2::text) else '' end)
  from plumbline.indicator i where i.indicator = $1
