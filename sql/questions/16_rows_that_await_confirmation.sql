-- What awaits confirmation, whose it is, and which figures hang on it. 待确认的批次及受影响的数字。
select b.batch_id, b.file_name, b.feed, d.rows, b.received_at,
       (select count(*) from monitor.estimate e join monitor.indicator i on i.indicator = e.indicator
         where i.feed = b.feed and e.provisional and e.stratum = 'all' and e.period = any (d.periods)) as figures
  from monitor.batch b
 cross join lateral (select sum(rows) as rows, array_agg(period) as periods from monitor.rows_in_doubt(b.batch_id)) d
 where b.rows_provisional > 0 and b.status = 'loaded' and d.rows > 0
 order by b.received_at desc;
