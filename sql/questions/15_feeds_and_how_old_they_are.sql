-- The last file of each feed, and the period that it brought. 各类填报最近一次入库的文件与时期。
select f.feed, f.name, f.frequency, f.due_days, b.file_name, b.period_last, b.received_at, b.rows_accepted, b.rows_rejected
  from monitor.feed f
  left join lateral (select * from monitor.batch b where b.feed = f.feed and b.status = 'loaded' order by b.received_at desc, b.batch_id desc limit 1) b on true
 order by f.position;
