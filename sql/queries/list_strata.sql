-- list_strata: the city's newest figures by grade and sex, of indicators that have them; small counts are left out. $1 the city
with newest as materialized (
  select distinct on (indicator) indicator, year, period
    from plumbline.estimate
   where area_code = $1 and stratum = 'all'
   order by indicator, year desc, plumbline.period_end(period) desc)
select e.indicator, e.period, e.stratum, e.value, e.low95, e.high95
  from newest n
  join plumbline.estimate e on e.indicator = n.indicator and e.year = n.year and e.period = n.period
 where e.area_code = $1 and e.stratum <> 'all'
   and e.denominator >= (select value from plumbline.threshold where name = 'publish_min_denominator')
   and least(e.numerator, e.denominator - e.numerator) > (select value from plumbline.threshold where name = 'publish_sensitive_max')
