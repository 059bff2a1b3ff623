-- Standardised myopia of each district, term by term. 各区县标准化近视率的逐期变化。
select d.name as district, e.period, e.value as crude_percent, e.value_std as percent, e.low95_std, e.high95_std,
       e.value_std - lag(e.value_std) over (partition by e.area_code order by e.year, e.period desc) as change_pp
  from monitor.estimate e
  join monitor.area d on d.area_code = e.area_code and d.valid_to is null and d.level = 'district'
 where e.indicator = 'myopia' and e.stratum = 'all' and e.period ~ '-(spring|autumn)$'
 order by d.name, e.year, e.period desc;
