-- mark_measured: remembers what an indicator was measured on. $1 indicator, $2 fingerprint, $3 run
insert into plumbline.measured (indicator, fingerprint, run_id) values ($1, $2, $3)
on conflict (indicator) do update set fingerprint = excluded.fingerprint, run_id = excluded.run_id
