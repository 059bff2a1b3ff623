-- keep_reported: what the units of a district report in a period, where the file has all rows that are there. $1 batch_id, $2 period,
-- $3 district, $4 columns, $5 figures, $6 rows that it added, $7 rows that were there before and are in it, $8 feed
update plumbline.batch_place set columns = $4::text[], figures = $5::bytea, rows_after = $6::bigint + $7::bigint
 where batch_id = $1::bigint and period = $2 and district_code = $3
   and ($7::bigint = 0
        or $7::bigint = (select o.rows_after
                           from plumbline.batch_place o join plumbline.batch ob on ob.batch_id = o.batch_id
                          where ob.feed = $8 and o.period = $2 and o.district_code = $3 and o.batch_id < $1::bigint
                          order by o.batch_id desc limit 1))
