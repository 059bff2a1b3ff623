-- An estimate recomputed from the schools' own rows, beside the stored one. 由学校数据重算的估计值与库存值对照。
select r.district_code, (r.rate).numerator, (r.rate).denominator, (r.rate).value, (r.rate).low95, (r.rate).high95, (r.rate).schools,
       e.value as stored_value, e.low95 as stored_low95, e.high95 as stored_high95
  from (select m.district_code, monitor.clustered(m.school_code, m.myopic, m.examined) as rate
          from monitor.myopia m
         where m.year = 2022 and m.period = '2022-autumn' and m.district_code = '210102' and m.suppressed is null
           and exists (select from monitor.school s where s.school_code = m.school_code and s.valid_from <= '2022-12-31'
                          and coalesce(s.valid_until, 'infinity') > '2022-12-31' and s.stage in ('primary', 'junior', 'nine_year', 'senior', 'twelve_year'))
         group by 1) r
  join monitor.estimate e on e.indicator = 'myopia' and e.area_code = r.district_code and e.year = 2022 and e.period = '2022-autumn' and e.stratum = 'all';
