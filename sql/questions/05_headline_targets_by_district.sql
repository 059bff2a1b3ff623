-- The plan at a glance: verdicts on the headline targets, district by district. 规划一览：各区县主要目标的判定。
select d.name as district,
       jsonb_object_agg(t.short_name, v.verdict order by t.position) as verdicts,
       count(*) filter (where v.verdict in ('off_track', 'worsening')) as off,
       count(*) filter (where v.verdict = 'cannot_tell') as unknown
  from monitor.verdict v
  join monitor.target t on t.plan = v.plan and t.target = v.target and t.headline
  join monitor.area d on d.area_code = v.area_code and d.valid_to is null and d.level = 'district'
 group by d.area_code, d.name
 order by off desc, d.name;
