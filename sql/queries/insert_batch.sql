-- insert_batch: a file that is being taken in. $1 run_id or null, $2 sha256, $3 file name, $4 bytes
insert into plumbline.batch (run_id, sha256, file_name, file_bytes, status, received_at)
values ($1::bigint, $2, $3, $4::bigint, 'loaded', plumbline.clock())
returning batch_id, received_at as known_from,
          (extract(epoch from received_at - timestamptz '2000-01-01 00:00:00+00') * 1000000)::bigint as known_us
