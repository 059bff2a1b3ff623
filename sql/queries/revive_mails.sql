-- revive_mails: mails that were given up or kept back are due again, those apart that could not be composed
update plumbline.outbox
   set dead = false, kept_back = false, tries = 0, next_try = null
 where dead and sent_at is null and length(content) > 0
returning outbox_id
