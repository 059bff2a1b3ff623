-- mark_mail_failed: tried again after 5, 10, 20 … minutes, a day at most. $1 number, $2 error
update plumbline.outbox
   set tries = tries + 1, last_error = $2,
       next_try = plumbline.clock() + least(interval '1 day', interval '5 minutes' * (2 ^ least(tries, 12)))
 where outbox_id = $1::bigint
