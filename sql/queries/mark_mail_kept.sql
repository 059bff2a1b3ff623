-- mark_mail_kept: the recipient is not on the list mail.only_to. $1 number
update plumbline.outbox
   set dead = true, kept_back = true, lease_until = null, tries = tries - 1, last_error = 'not on the list mail.only_to'
 where outbox_id = $1::bigint
