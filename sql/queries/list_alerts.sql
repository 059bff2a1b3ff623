-- list_alerts: alerts that are not over, the gravest first
select al.area_code, a.name, a.name_en, al.plan, al.target, t.short_name, t.name_en as target_en, al.state, al.severity,
       al.since::text as since, al.reason, al.reason_en
  from plumbline.alert al
  join plumbline.target t on t.plan = al.plan and t.target = al.target
  left join plumbline.area a on a.area_code = al.area_code and a.valid_to = 'infinity'
 where al.state <> 'resolved'
 order by array_position(array['firing', 'recovering', 'pending'], al.state),
          array_position(array['critical', 'warning', 'notice'], al.severity), a.position, t.position
