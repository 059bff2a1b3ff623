-- monitor.estimate: an indicator for an area, a period and a stratum.
drop view if exists monitor.estimate;
create view monitor.estimate as
select indicator, area_code, period, stratum, numerator, denominator, value, low95, high95, value_std, low95_std, high95_std,
       schools_reporting, schools_expected, provisional, district_code, year, run_id, known_from
  from plumbline.estimate_seen;
select plumbline.describe('monitor.estimate', '指标估计值 | estimates of an indicator for an area, a period and a stratum');
select plumbline.describe_like('monitor.estimate', 'plumbline.estimate');
