-- list_unconfirmed_batches: batches that brought rows to be confirmed, about which nobody has decided; the latest first, 20 at most
select b.batch_id, b.file_name, b.rows_provisional as rows,
       (select string_agg(distinct r.rule, ' ') from plumbline.reject r
         where r.batch_id = b.batch_id and r.severity = 'confirm') as rules
  from plumbline.batch b
 where b.status = 'loaded' and b.rows_provisional > 0
   and not exists (select from plumbline.batch_event e where e.batch_id = b.batch_id)
 order by b.batch_id desc
 limit 20
