-- Overweight and obesity of boys and girls: the gap, district by district. 各区县男女生超重率、肥胖率之差。
select d.name as district, e.indicator,
       max(e.value) filter (where e.stratum = 'M') as boys_percent, max(e.value) filter (where e.stratum = 'F') as girls_percent,
       max(e.value) filter (where e.stratum = 'M') - max(e.value) filter (where e.stratum = 'F') as gap_pp,
       max(e.low95) filter (where e.stratum = 'M') > max(e.high95) filter (where e.stratum = 'F') as clear
  from monitor.estimate e
  join monitor.area d on d.area_code = e.area_code and d.valid_to is null
 where e.indicator in ('overweight', 'obesity') and e.year = 2022 and e.period = '2022-autumn' and e.stratum in ('M', 'F')
 group by d.area_code, d.name, e.indicator
 order by e.indicator, gap_pp desc;
