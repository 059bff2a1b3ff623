-- find_refused_batch: a refusal of the same bytes for the same reason. $1 sha256, $2 file name, $3 reason
select batch_id from plumbline.batch where sha256 = $1 and status = 'refused' and file_name = $2 and reason = $3 limit 1
