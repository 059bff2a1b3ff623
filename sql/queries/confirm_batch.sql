-- confirm_batch: lifts provisional from the rows of a batch. $1 batch_id, $2 comment, $3 who
select plumbline.confirm_batch($1::bigint, $2, $3) as rows
