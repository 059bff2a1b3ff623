-- note_stages: $1 run, $2 stages as JSON
update plumbline.run set stages = $2::jsonb where run_id = $1::bigint
