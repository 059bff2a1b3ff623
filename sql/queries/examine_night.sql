-- examine_night: the last night that did its work, mails that were given up, and runs that began in the future
select extract(epoch from clock_timestamp() - max(r.started_at) filter (where r.command = 'nightly' and r.exit_status in (0, 65)))::bigint as age_s,
       count(*) filter (where r.command = 'nightly') as nights,
       coalesce(max(r.started_at) > clock_timestamp() + interval '1 minute', false) as ahead,
       (select count(*) from plumbline.outbox where dead and not kept_back) as dead,
       (select count(*) from plumbline.outbox where sent_at is null and not dead and queued_at < clock_timestamp() - interval '1 day') as stuck
  from plumbline.run r
