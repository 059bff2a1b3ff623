-- list_changes: verdicts and values that moved since the last release, or in a week without one. $1 today
select c.since::date as since, c.released, v.*
  from (select coalesce(max(released_at), $1::date - 7) as since, max(released_at) is not null as released from published.release) c
  cross join lateral (select figure, plan, target, indicator, area_code, period, value_before, value_after, verdict_before, verdict_after
                        from monitor.changes_since(c.since)
                       where figure in ('estimate', 'verdict') and coalesce(stratum, 'all') = 'all' and value_before is not null) v
