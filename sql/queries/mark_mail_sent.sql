-- mark_mail_sent: $1 number
update plumbline.outbox
   set sent_at = plumbline.clock(), next_try = null, lease_until = null, last_error = null
 where outbox_id = $1::bigint
