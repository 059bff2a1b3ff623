-- list_undelivered: mails that failed and wait, or were given up
select to_char(queued_at, 'YYYY-MM-DD') as queued, address, subject, tries, dead, coalesce(last_error, '') as last_error,
       case when not dead then to_char(next_try, 'YYYY-MM-DD HH24:MI') end as next_try
  from plumbline.outbox
 where sent_at is null and not kept_back and (dead or tries > 0)
 order by dead desc, outbox_id desc
 limit 20
