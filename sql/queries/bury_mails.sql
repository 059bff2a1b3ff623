-- bury_mails: gives up the mails whose last permitted attempt ended with the process that made it
update plumbline.outbox
   set dead = true, lease_until = null, last_error = coalesce(last_error, 'no attempt came to its end')
 where sent_at is null and not dead and (lease_until is null or lease_until <= clock_timestamp())
   and tries >= (select value from plumbline.threshold where name = 'mail_tries')
returning address, last_error
