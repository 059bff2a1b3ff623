-- monitor.school_estimate: an indicator of a school in a period, and where the school stands among its peers.
drop view if exists monitor.school_estimate;
create view monitor.school_estimate as
select indicator, district_code, school_code, period, stage, numerator, denominator, value, low95, high95, value_std, low95_std,
       high95_std, provisional, peers, peer_value, limit_low95, limit_high95, limit_low998, limit_high998, z, standing, year,
       run_id, known_from
  from plumbline.school_estimate_seen;
select plumbline.describe('monitor.school_estimate', '学校的指标估计值及其在本区县同类学校中的位置 | estimates of schools, and where each stands among the schools of its stage in the district');
select plumbline.describe_like('monitor.school_estimate', 'plumbline.school_estimate');
