-- list_last_refusals: files refused as a whole by the last run that took files in
select file_name, coalesce(reason, '') as reason
  from plumbline.batch
 where status = 'refused' and run_id = (select max(run_id) from plumbline.batch)
 order by batch_id
