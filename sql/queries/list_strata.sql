-- list_strata: the city's newest figures by grade and sex, of indicators that have them; small counts are left out. $1 the city
select e.indicator, e.period, e.stratum, e.value, e.low95, e.high95
  from plumbline.estimate e
  join (select indicator, max(year) as year from plumbline.estimate where area_code = $1 group by 1) y on y.indicator = e.indicator and y.year = e.year
 where e.area_code = $1 and e.stratum <> 'all'
   and plumbline.period_end(e.period) = (select max(plumbline.period_end(l.period)) from plumbline.estimate l
                                          where l.indicator = e.indicator and l.area_code = $1 and l.year = e.year)
   and e.denominator >= (select value from plumbline.threshold where name = 'publish_min_denominator')
   and least(e.numerator, e.denominator - e.numerator) > (select value from plumbline.threshold where name = 'publish_sensitive_max')
