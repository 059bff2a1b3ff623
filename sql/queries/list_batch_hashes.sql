-- list_batch_hashes: SHA-256 of every file that was loaded or refused
select distinct sha256 from plumbline.batch
