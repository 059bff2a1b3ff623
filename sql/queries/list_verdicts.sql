-- list_verdicts: every verdict with the alert that stands on it, and when that was last told
select v.plan, v.target, v.area_code, v.verdict, v.as_of, v.period, v.deadline, v.baseline_value, v.value_now, v.low95, v.high95,
       v.path_now, v.target_value, v.deviation, v.projected, v.projected_low95, v.projected_high95, v.q_value, v.probability_met,
       v.fires, v.complete, v.schools_reporting, v.schools_expected, v.numerator, v.denominator, v.reason, v.reason_en,
       coalesce(a.state, '') as state, coalesce(a.severity, '') as severity, a.since, a.fingerprint,
       coalesce(t.told, a.since) as told, coalesce(t.escalated, 0) as escalated
  from plumbline.verdict v
  left join plumbline.alert a on a.district_code = v.district_code and a.plan = v.plan and a.target = v.target and a.area_code = v.area_code
  left join plumbline.alert_timer t on t.district_code = v.district_code and t.plan = v.plan and t.target = v.target and t.area_code = v.area_code
 order by v.district_code, v.plan, v.target, v.area_code
