-- list_refused_files: files refused as a whole whose content has not come in by another file of the feed and period since, newest
-- first. $1 the day from which files count
select b.file_name, b.feed, coalesce(b.reason, '') as reason, b.received_at::date as day
  from plumbline.batch b
 where b.status = 'refused' and b.received_at >= $1::date
   and not exists (select from plumbline.batch l where l.status = 'loaded' and l.file_name = b.file_name and l.batch_id > b.batch_id)
 order by b.batch_id desc
 limit 50
