-- read_intake: whether any loaded file was simulated, and the day of the newest
select coalesce(bool_or(simulated), false) as simulated, max(received_at)::date as received from plumbline.batch where status = 'loaded'
