-- list_events: changes of the alerts' states, the latest first. $1 the day from which they count
select plan, target, area_code, at::date as day, actor, coalesce(from_state, '') as from_state, to_state, reason, reason_en
  from plumbline.alert_event
 where at >= $1::date
 order by at desc, event_id desc
