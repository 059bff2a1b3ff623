-- withdraw_batch: takes the rows of a batch back and restores what they had superseded. $1 batch_id, $2 reason, $3 who
select plumbline.withdraw_batch($1::bigint, $2, $3) as rows
