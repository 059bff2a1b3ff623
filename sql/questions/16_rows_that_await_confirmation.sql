-- What awaits confirmation, whose it is, and which figures hang on it. 待确认的批次及受影响的数字。
select b.batch_id, b.file_name, b.feed, b.rows_provisional, b.received_at,
       (select count(*) from monitor.estimate e join monitor.indicator i on i.indicator = e.indicator
         where i.feed = b.feed and e.provisional and e.stratum = 'all' and e.period between b.period_first and b.period_last) as figures
  from monitor.batch b
 where b.rows_provisional > 0 and b.status = 'loaded'
   and not exists (select from monitor.batch_event c where c.batch_id = b.batch_id and c.event = 'confirm')
 order by b.received_at desc;
