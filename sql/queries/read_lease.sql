-- read_lease: milliseconds until the next mail is free that a process which died had claimed; no row when there is none
select ceil(1000 * extract(epoch from min(lease_until) - clock_timestamp()))::bigint as ms
  from plumbline.outbox
 where sent_at is null and not dead and lease_until > clock_timestamp()
having min(lease_until) is not null
