-- monitor.tendency: how an indicator's values alone move in an area.
drop view if exists monitor.tendency;
create view monitor.tendency as
select indicator, area_code, as_of, period, points, sen_slope, sen_low95, sen_high95, kendall_s, kendall_tau, kendall_p,
       kendall_exact, aapc, aapc_low95, aapc_high95, aapc_p, district_code, year, run_id, known_from
  from plumbline.tendency_seen;
select plumbline.describe('monitor.tendency', '仅据各期数值的走势，与趋势并列 | how the values alone move, beside the trend');
select plumbline.describe_like('monitor.tendency', 'plumbline.tendency');
