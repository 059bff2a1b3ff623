-- purge_rejects: $1 date; the counts of a batch stay with the batch
with gone as (
  delete from plumbline.reject r using plumbline.batch b
   where b.batch_id = r.batch_id and b.received_at < $1::date and r.severity = 'refuse' returning 1
) select count(*) from gone
