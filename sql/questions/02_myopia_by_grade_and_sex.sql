-- Myopia by grade and sex in the city, with intervals. 全市近视率，分年级与性别，附置信区间。
select e.stratum, e.numerator as myopic, e.denominator as examined, e.value as percent, e.low95, e.high95, e.schools_reporting
  from monitor.estimate e
 where e.indicator = 'myopia' and e.area_code = '210100' and e.year = 2022 and e.period = '2022-autumn' and e.stratum like '%/%'
 order by array_position('{P,J,S}', left(e.stratum, 1)), e.stratum;
