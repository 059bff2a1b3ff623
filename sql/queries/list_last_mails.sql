-- list_last_mails: how many days ago each recipient was last written to
select recipient, plumbline.today() - max(queued_at)::date as days from plumbline.outbox group by recipient
