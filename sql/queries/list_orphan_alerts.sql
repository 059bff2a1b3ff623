-- list_orphan_alerts: alerts, not yet resolved, whose target or area is judged no longer
select a.district_code, a.plan, a.target, a.area_code, a.state, a.severity, a.fingerprint
  from plumbline.alert a
 where a.state <> 'resolved'
   and not exists (select from plumbline.verdict v
                    where v.district_code = a.district_code and v.plan = a.plan and v.target = a.target and v.area_code = a.area_code)
