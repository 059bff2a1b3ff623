-- list_league: districts by the newest level of each sampled indicator, the likeliest worst first.
select l.indicator, l.period, l.area_code, l.districts, l.value, l.shrunken, l.shrunken_low95, l.shrunken_high95, l.probability_worst
  from plumbline.league l
  join (select indicator, max(year) as year from plumbline.league group by 1) y on y.indicator = l.indicator and y.year = l.year
 where l.measure = 'level'
   and plumbline.period_end(l.period) = (select max(plumbline.period_end(n.period)) from plumbline.league n
                                          where n.indicator = l.indicator and n.year = l.year and n.measure = 'level')
 order by l.indicator, l.probability_worst desc, l.area_code
