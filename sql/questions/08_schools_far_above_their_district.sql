-- Schools whose myopia lies above what their district's other schools would explain. 近视率明显高于本区县的学校。
with school as materialized (
  select m.district_code, m.school_code, sum(m.myopic) as x, sum(m.examined) as n
    from monitor.myopia m
   where m.year = 2022 and m.period = '2022-autumn' and m.suppressed is null
   group by 1, 2),
district as (
  select s.district_code, sum(s.x) / sum(s.n) as p, percentile_cont(0.5) within group (order by s.x / s.n) as middle,
         1.4826 * percentile_cont(0.5) within group (order by abs(s.x / s.n - d.p)) as spread
    from school s join (select district_code, sum(x) / sum(n) as p from school group by 1) d on d.district_code = s.district_code
   group by 1)
select d.district_code, s.school_code, s.x as myopic, s.n as examined, 100 * s.x / s.n as percent, w.low as low95, w.high as high95, 100 * d.middle as district_median
  from school s
  join district d on d.district_code = s.district_code, lateral monitor.wilson(s.x::float8, s.n::float8) w
 where s.x / s.n > d.middle + 3 * d.spread
 order by (s.x / s.n - d.middle) / nullif(d.spread, 0) desc
 limit 30;
