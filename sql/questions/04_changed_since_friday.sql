-- What changed since last Friday, and which files changed it? 上周五以来哪些数字变了，由哪些文件引起？
select c.figure, c.indicator, c.target, c.area_code, c.period, c.value_before, c.value_after, c.verdict_before, c.verdict_after, b.files
  from monitor.changes_since(date_trunc('week', current_date)::date - 3 + time '00:00') c
  left join lateral (select string_agg(b.file_name, ', ' order by b.batch_id) as files from monitor.batch b where b.batch_id = any (c.batch_ids)) b on true
 where coalesce(c.stratum, 'all') in ('all', 'level')
 order by c.changed_at desc, c.indicator, c.area_code
 limit 200;
