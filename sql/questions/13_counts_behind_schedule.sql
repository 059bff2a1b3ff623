-- Count targets of the city that are behind their schedule, in items and in days. 进度落后的计数类目标：差多少、晚多少天。
select t.item, t.name as target, v.value_now as done, round(v.path_now::numeric, 1) as due, v.target_value as aim, v.deadline,
       round(((v.path_now - v.value_now) / nullif(v.target_value, 0) * (v.deadline - p.starts))::numeric) as days_late
  from monitor.verdict v
  join monitor.target t on t.plan = v.plan and t.target = v.target and t.kind = 'count'
  cross join lateral (select make_date(extract(year from v.deadline)::int, 1, 1) as starts) p
 where v.area_code = '210100' and v.value_now < v.path_now
 order by days_late desc, t.item;
