-- note_stages: $1 run, $2 stages as JSON. What the stage wrote is safe by then; only this note need not wait for the disk.
update plumbline.run set stages = $2::jsonb where run_id = $1::bigint and set_config('synchronous_commit', 'off', true) is not null
