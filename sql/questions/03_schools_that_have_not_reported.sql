-- Schools that have not reported a term's myopia. 某学期尚未填报近视筛查的学校。
select d.name as district, s.school_code, s.name as school, s.stage
  from monitor.school s
  join monitor.area d on d.area_code = s.district_code and d.valid_to is null
 where s.valid_from <= '2022-12-31' and coalesce(s.valid_until, 'infinity') > '2022-12-31'
   and s.stage in ('primary', 'junior', 'nine_year', 'senior', 'twelve_year')
   and s.school_code not in (select m.school_code from monitor.myopia m where m.year = 2022 and m.period = '2022-autumn')
 order by d.name, s.name;
