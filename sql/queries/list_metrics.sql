-- list_metrics: what a monitoring system watches, a row a sample, families together. $1 run, $2 its exit status
with night as (
  select *, extract(epoch from clock_timestamp() - started_at) as took from plumbline.run where run_id = $1::bigint
), success as (
  select extract(epoch from case when $2::int in (0, 65) then clock_timestamp()
                                 else (select max(finished_at) from plumbline.run where command = 'nightly' and exit_status in (0, 65)) end) as moment
), stage as (
  select s.* from night, rows from (jsonb_to_recordset(stages) as (stage text, "in" bigint, "out" bigint, rejected bigint, ms bigint))
           with ordinality as s(stage, "in", "out", rejected, ms, n)
), sample as (
  select 1 as family, 'plumbline_info' as name, format('{version="%s",server="%s"}', version, split_part(server, ' ', 1)) as labels,
         1::numeric as value, 'versions of program and server' as help, 0 as position from night
  union all select 2, 'plumbline_last_run_timestamp_seconds', '', extract(epoch from clock_timestamp()), 'when the last night ended', 0 from night
  union all select 3, 'plumbline_last_run_exit_status', '', $2::numeric, 'exit status of the last night', 0 from night
  union all select 4, 'plumbline_last_run_duration_seconds', '', took, 'how long the last night took', 0 from night
  union all select 5, 'plumbline_last_success_timestamp_seconds', '', moment, 'when a night last did all its work (exit status 0 or 65)', 0
              from success where moment is not null
  union all select 6, 'plumbline_stage_duration_seconds', format('{stage="%s"}', stage), ms / 1000.0, 'how long each stage of the last night took', n from stage
  union all select 7, 'plumbline_stage_rows', format('{stage="%s",kind="%s"}', stage, kind), value, 'rows of each stage of the last night', n * 10 + k
              from stage, lateral (values (1, 'in', "in"), (2, 'out', "out"), (3, 'rejected', rejected)) as v(k, kind, value)
  union all select 8, 'plumbline_files', format('{status="%s"}', s), count(b.batch_id), 'files on record', 0
              from unnest(array['loaded', 'refused']) s left join plumbline.batch b on b.status = s group by s
  union all select 9, 'plumbline_rows_accepted', '', coalesce(sum(rows_accepted) filter (where status = 'loaded'), 0), 'rows of all files that were loaded', 0 from plumbline.batch
  union all select 10, 'plumbline_rows_rejected', '', coalesce(sum(rows_rejected), 0), 'rows of all files that were refused', 0 from plumbline.batch
  union all select 11, 'plumbline_alerts', format('{state="%s"}', s), count(a.state), 'alerts that are not over', 0
              from unnest(array['pending', 'firing', 'recovering']) s left join plumbline.alert a on a.state = s group by s
  union all select 12, 'plumbline_mails', format('{state="%s"}', state), value, 'mails: queued wait, dead were given up', 0
              from (select count(*) filter (where sent_at is null and not dead) as queued, count(*) filter (where dead and not kept_back) as dead,
                           count(*) filter (where kept_back) as kept_back, count(*) filter (where sent_at is not null) as sent from plumbline.outbox) o,
                   lateral (values ('queued', queued), ('dead', dead), ('kept_back', kept_back), ('sent', sent)) as v(state, value)
  union all select 13, 'plumbline_oldest_queued_mail_seconds', '', coalesce(extract(epoch from clock_timestamp() - min(queued_at)), 0), 'age of the oldest mail that waits', 0
              from plumbline.outbox where sent_at is null and not dead
)
select name, labels, trim_scale(value)::text as value, help from sample order by family, position, labels
