-- list_alerts: alerts that are not over, the gravest first, with what stops their mail
select al.area_code, a.name, a.name_en, al.plan, al.target, t.short_name, t.name_en as target_en, al.state, al.severity,
       al.since::text as since, al.reason, al.reason_en, h.kind as hold, h.actor as hold_actor, h.until_day::text as hold_until,
       h.comment as hold_comment
  from plumbline.alert al
  join plumbline.target t on t.plan = al.plan and t.target = al.target
  left join plumbline.area a on a.area_code = al.area_code and a.valid_to = 'infinity'
  left join lateral (select * from plumbline.alert_hold x
                      where x.ended_at is null and plumbline.today() between x.from_day and x.until_day
                        and (x.plan is null or x.plan = al.plan) and (x.target is null or x.target in (al.target, t.indicator))
                        and (x.area_code is null or x.area_code = al.area_code)
                      order by x.kind desc, x.hold_id desc limit 1) h on true
 where al.state <> 'resolved'
 order by array_position(array['firing', 'recovering', 'pending'], al.state),
          array_position(array['critical', 'warning', 'notice'], al.severity), a.position, t.position
