-- Schools that do not yet offer after-school service on five days for two hours. 课后服务尚未达到“5+2”的学校。
select d.name as district, f.school_code, s.name as school, f.days_per_week, f.hours_per_day, f.willing, f.served
  from monitor.after_school f
  join monitor.school s on s.school_code = f.school_code and s.valid_from <= '2022-12-31' and coalesce(s.valid_until, 'infinity') > '2022-12-31'
  join monitor.area d on d.area_code = f.district_code and d.valid_to is null
 where f.year = 2022 and f.period = '2022-12' and (f.days_per_week < 5 or f.hours_per_day < 2)
   and s.stage in ('primary', 'junior', 'nine_year', 'twelve_year')
 order by d.name, s.name;
