-- take_lock: one run at a time; held until the connection ends. The number is the word plumb in ASCII.
select pg_try_advisory_lock(x'706c756d62'::bigint)
