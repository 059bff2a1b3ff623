-- mark_mail_failed: tried again after 5, 10, 20 … minutes, a day at most, and given up when it has been tried often enough. $1 number, $2 error, $3 whether it is given up at once
update plumbline.outbox
   set last_error = $2, lease_until = null,
       dead = $3::boolean or tries >= coalesce((select value from plumbline.threshold where name = 'mail_tries'), 'Infinity'),
       next_try = plumbline.clock() + least(interval '1 day', interval '5 minutes' * 2 ^ least(tries - 1, 12))
 where outbox_id = $1::bigint
returning dead
