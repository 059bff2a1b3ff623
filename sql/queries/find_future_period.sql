-- find_future_period: the latest period with rows, null unless it begins after $1
select p.period_last
  from (select distinct period_last from plumbline.batch where status = 'loaded') p
 where plumbline.period_start(p.period_last) > $1::date
 order by plumbline.period_start(p.period_last) desc
 limit 1
