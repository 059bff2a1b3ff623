-- claim_mail: the next mail that is due, the least tried first. The attempt is counted before it is made, for the process may die in it. $1 seconds for which nobody else takes it
update plumbline.outbox
   set tries = tries + 1, lease_until = clock_timestamp() + interval '1 second' * $1::integer
 where outbox_id = (
   select outbox_id
     from plumbline.outbox
    where sent_at is null and not dead and (next_try is null or next_try <= plumbline.clock())
      and (lease_until is null or lease_until <= clock_timestamp())
    order by tries, outbox_id
    limit 1
      for update skip locked)
returning outbox_id, recipient, address, message_id, content, queued_at::date as queued_on
