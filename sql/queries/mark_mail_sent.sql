-- mark_mail_sent: $1 number
update plumbline.outbox set sent_at = plumbline.clock(), tries = tries + 1, next_try = null, last_error = null where outbox_id = $1::bigint
