-- The pupils who were in grade one in autumn 2019, as they grew older. 2019年秋入学的一年级学生历年近视率。
select d.name as district, e.period, e.stratum as grade, e.numerator as myopic, e.denominator as examined, e.value as percent, e.low95, e.high95
  from monitor.estimate e
  join monitor.area d on d.area_code = e.area_code and d.valid_to is null
 where e.indicator = 'myopia' and e.period like '%-autumn' and e.year between 2019 and 2024 and e.stratum = 'P' || (e.year - 2018)
   and e.area_code in ('210100', '210102', '210103')
 order by d.name, e.period;
