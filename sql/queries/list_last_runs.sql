-- list_last_runs: the last night, and the last run of any command
select distinct on (r.run_id)
       r.command, r.today::text as today, to_char(r.started_at, 'YYYY-MM-DD HH24:MI:SS') as started,
       extract(epoch from clock_timestamp() - r.started_at)::bigint as age_s, r.exit_status,
       extract(epoch from r.finished_at - r.started_at)::double precision as took_s, r.error, r.stages
  from plumbline.run r
 where r.run_id in ((select max(run_id) from plumbline.run where command = 'nightly'), (select max(run_id) from plumbline.run))
 order by r.run_id desc
