-- count_outbox: mails that wait, that were given up, that were kept back, and that went out
select count(*) filter (where sent_at is null and not dead) as queued,
       count(*) filter (where dead and not kept_back) as dead, count(*) filter (where kept_back) as kept_back,
       count(*) filter (where sent_at is not null) as sent,
       to_char(min(queued_at) filter (where sent_at is null and not dead), 'YYYY-MM-DD HH24:MI:SS') as oldest
  from plumbline.outbox
