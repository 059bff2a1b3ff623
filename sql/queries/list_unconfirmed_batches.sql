-- list_unconfirmed_batches: batches of which rows await confirmation; the latest first, 20 at most
select b.batch_id, b.file_name, d.rows,
       (select string_agg(distinct r.rule, ' ') from plumbline.reject r
         where r.batch_id = b.batch_id and r.severity = 'confirm') as rules
  from (select * from plumbline.batch where status = 'loaded' and rows_provisional > 0 order by batch_id desc) b
 cross join lateral (select sum(rows)::bigint as rows from monitor.rows_in_doubt(b.batch_id)) d
 where d.rows > 0
 order by b.batch_id desc
 limit 20
