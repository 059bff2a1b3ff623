-- list_changes: verdicts and values of whole areas that moved since the last release, or in a week without one; since is null without
-- one. What moved has been superseded since: only that is looked for. $1 today
with c as (
  select coalesce(max(released_at), $1::date - 7) as moment, max(released_at)::date as since, max(released_at) is not null as released
    from published.release)
select c.since, c.released, 'estimate' as figure, '' as plan, '' as target, h.indicator, h.area_code, h.period,
       h.value as value_before, e.value as value_after, null as verdict_before, null as verdict_after
  from c
  join plumbline.estimate_history h on h.known_to > c.moment and h.known_from <= c.moment and h.stratum = 'all'
  left join plumbline.estimate e on e.district_code = h.district_code and e.year = h.year and e.indicator = h.indicator
       and e.area_code = h.area_code and e.period = h.period and e.stratum = h.stratum
 where h.value is not null and h.value is distinct from e.value
union all
select c.since, c.released, 'verdict', h.plan, h.target, h.indicator, h.area_code, '', h.value_now, v.value_now, h.verdict, v.verdict
  from c
  join plumbline.verdict_history h on h.known_to > c.moment and h.known_from <= c.moment
  left join plumbline.verdict v on v.district_code = h.district_code and v.plan = h.plan and v.target = h.target and v.area_code = h.area_code
 where h.value_now is not null and (h.value_now is distinct from v.value_now or h.verdict is distinct from v.verdict)
 order by figure, indicator, target, area_code, period
