-- monitor.league: districts beside each other, drawn towards their mean.
drop view if exists monitor.league;
create view monitor.league as
select indicator, area_code, period, measure, districts, value, se, share, shrunken, shrunken_low95, shrunken_high95, mean, tau,
       expected_rank, probability_best, probability_worst, district_code, year, run_id, known_from
  from plumbline.league_seen;
select plumbline.describe('monitor.league', '区县排名：向均值收缩，附最差与最好的概率 | districts beside each other, drawn towards their mean, with the probability of being the worst');
select plumbline.describe_like('monitor.league', 'plumbline.league');
