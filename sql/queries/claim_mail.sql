-- claim_mail: the next mail that is due, locked until the transaction ends: a process that dies gives it back. $1 after this number
select outbox_id, recipient, message_id, content, queued_at::date as queued_on
  from plumbline.outbox
 where sent_at is null and not dead and (next_try is null or next_try <= plumbline.clock()) and outbox_id > $1::bigint
 order by outbox_id
 limit 1
   for update skip locked
