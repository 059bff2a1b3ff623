-- Share of children in public or inclusive kindergartens: is any district near the floor of 85 %? 各区县普惠率是否接近85%的底线？
select d.name as district, e.period, e.numerator, e.denominator, e.value as percent, e.value - 85 as above_floor_pp
  from monitor.estimate e
  join monitor.area d on d.area_code = e.area_code and d.valid_to is null
 where e.indicator = 'kindergarten_inclusive_share' and e.stratum = 'all' and e.year >= 2021 and e.period ~ '-(spring|autumn)$'
 order by e.year desc, e.period, above_floor_pp, d.name;
