-- show_indicator_copy: the COPY that reads what schools reported of an indicator, in the finest strata. $1 indicator, $2 periods that are
-- left out
select format('copy (select district_code, unit_code, period, stratum, numerator::bigint, denominator::bigint, coalesce(provisional, false)'
              ' from indicator.%I where numerator is not null%s) to stdout (format binary)', $1::text,
              case when $2::text[] <> '{}' then format(' and period <> all (%L)', $2::text) else '' end)
