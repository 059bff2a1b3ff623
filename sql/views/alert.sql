-- monitor.alert: an alert's state.
drop view if exists monitor.alert;
create view monitor.alert as
select plan, target, area_code, state, severity, since, reason, reason_en, district_code, fingerprint, run_id, known_from
  from plumbline.alert_seen;
select plumbline.describe('monitor.alert', '预警的现状 | alerts: their present state');
select plumbline.describe_like('monitor.alert', 'plumbline.alert');
