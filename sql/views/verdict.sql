-- monitor.verdict: how an area stands against a target. Positive deviations are bad, whichever direction is good.
drop view if exists monitor.verdict;
create view monitor.verdict as
select plan, target, indicator, area_code, as_of, baseline_value, value_now, path_now, target_value, deadline, deviation, p_value,
       q_value, probability_met, verdict, official_class, reason, reason_en, period, baseline_source, low95, high95, numerator,
       denominator, deviation_se, projected, projected_low95, projected_high95, fires, complete, schools_reporting, schools_expected,
       district_code, run_id, known_from
  from plumbline.verdict_seen;
select plumbline.describe('monitor.verdict', '判定：地区对照目标的现状 | verdicts: how an area stands against a target');
select plumbline.describe_like('monitor.verdict', 'plumbline.verdict');
