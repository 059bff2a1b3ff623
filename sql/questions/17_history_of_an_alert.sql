-- How did an alert come about, step by step? 某项预警的来龙去脉。
select d.name as area, t.name as target, e.at, e.from_state, e.to_state, e.actor, e.reason
  from monitor.alert_event e
  join monitor.target t on t.plan = e.plan and t.target = e.target
  join monitor.area d on d.area_code = e.area_code and d.valid_to is null
 where e.target = 'myopia_change'
 order by d.name, e.at, e.event_id;
