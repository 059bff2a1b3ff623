-- read_intake: whether any loaded file was simulated, and the day of the newest
select exists (select from plumbline.batch where status = 'loaded' and simulated) as simulated,
       (select received_at::date from plumbline.batch where status = 'loaded' order by received_at desc limit 1) as received
