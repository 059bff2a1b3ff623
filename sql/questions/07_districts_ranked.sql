-- Districts by myopia, and whether the rank means anything: with how many others does each interval overlap?
-- 各区县近视率排名，以及与多少个区县的区间重叠。
with now as materialized (
  select e.area_code, e.value_std, e.low95_std, e.high95_std
    from monitor.estimate e
   where e.indicator = 'myopia' and e.year = 2022 and e.period = '2022-autumn' and e.stratum = 'all' and e.area_code <> '210100')
select rank() over (order by n.value_std) as place, d.name as district, n.value_std as percent, n.low95_std, n.high95_std,
       (select count(*) from now o where o.area_code <> n.area_code and o.low95_std <= n.high95_std and o.high95_std >= n.low95_std) as not_told_apart
  from now n
  join monitor.area d on d.area_code = n.area_code and d.valid_to is null
 order by place, d.name;
