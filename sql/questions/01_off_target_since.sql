-- Which districts are off target, and since when? 哪些区县偏离目标，从何时起？
select d.name as district, t.name as target, a.state, a.since, v.value_now, v.path_now, v.probability_met, v.reason
  from monitor.alert a
  join monitor.area d on d.area_code = a.area_code and d.valid_to is null
  join monitor.target t on t.plan = a.plan and t.target = a.target
  join monitor.verdict v on v.plan = a.plan and v.target = a.target and v.area_code = a.area_code
 where a.state = 'firing' and d.level = 'district'
 order by a.since, d.name, t.name;
