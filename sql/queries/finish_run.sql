-- finish_run: $1 run, $2 exit status, $3 message or null
update plumbline.run set finished_at = clock_timestamp(), exit_status = $2::integer, error = $3 where run_id = $1::bigint
