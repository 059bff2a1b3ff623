-- monitor.alert_event: each change of an alert's state.
drop view if exists monitor.alert_event;
create view monitor.alert_event as
select event_id, plan, target, area_code, at, actor, from_state, to_state, reason, reason_en, district_code, run_id
  from plumbline.alert_event where at <= (select plumbline.seen_at());
select plumbline.describe('monitor.alert_event', '预警状态的每次变化 | each change of an alert''s state');
select plumbline.describe_like('monitor.alert_event', 'plumbline.alert_event');
