-- find_loaded_batch: the batch that loaded the same bytes. $1 sha256
select batch_id from plumbline.batch where sha256 = $1 and status = 'loaded'
