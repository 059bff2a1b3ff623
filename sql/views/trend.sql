-- monitor.trend: how an indicator moves in an area.
drop view if exists monitor.trend;
create view monitor.trend as
select indicator, area_code, as_of, points, slope, slope_low95, slope_high95, projected, projected_low95, projected_high95, method,
       period, district_code, year, run_id, known_from
  from plumbline.trend_seen;
select plumbline.describe('monitor.trend', '指标趋势 | trends of an indicator in an area');
select plumbline.describe_like('monitor.trend', 'plumbline.trend');
