-- list_later_batches: loaded after batch $1, with rows of the same districts and periods: how many were other than what was there, and
-- how many were the same
select b.batch_id, b.file_name, b.rows_changed + b.rows_retired as other, b.rows_accepted - b.rows_added - b.rows_changed as same
  from plumbline.batch a
  join plumbline.batch b on b.feed = a.feed and b.status = 'loaded' and b.batch_id > a.batch_id
 where a.batch_id = $1::bigint
   and exists (select from plumbline.batch_place p join plumbline.batch_place q using (period, district_code)
                where p.batch_id = a.batch_id and q.batch_id = b.batch_id)
 order by b.batch_id
