-- list_last_mails: how many days ago each recipient was last written to; a mail from days to come is one of a clock that was ahead
select r.recipient, plumbline.today() - m.queued_at::date as days
  from plumbline.recipient r
  join lateral (select queued_at from plumbline.outbox o where o.recipient = r.recipient and o.queued_at::date <= plumbline.today()
                order by queued_at desc limit 1) m on true
