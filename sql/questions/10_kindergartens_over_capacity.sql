-- Kindergartens with more children than places. 在园人数超过学位数的幼儿园。
with kindergarten as materialized (
  select s.school_code, s.name, s.ownership from monitor.school s
   where s.stage = 'kindergarten' and s.valid_from <= '2022-12-31' and coalesce(s.valid_until, 'infinity') > '2022-12-31')
select d.name as district, s.name as kindergarten, s.ownership, p.places, p.enrolled, p.enrolled - p.places as over
  from monitor.places p
  join kindergarten s on s.school_code = p.school_code
  join monitor.area d on d.area_code = p.district_code and d.valid_to is null
 where p.year = 2022 and p.period = '2022-autumn' and p.enrolled > p.places
 order by over desc, s.name
 limit 50;
