-- end_hold: $1 number, $2 why
update plumbline.alert_hold set ended_at = plumbline.clock(), ended_why = $2 where hold_id = $1::bigint and ended_at is null
