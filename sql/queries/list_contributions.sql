-- list_contributions: grades of districts that fire on a sampled indicator, now and a wave before, what moved the rate most first; small
-- counts are left out, as in what is published
with firing as (
  select distinct v.indicator, v.area_code, v.period, i.good
    from plumbline.alert a
    join plumbline.verdict v on v.district_code = a.district_code and v.plan = a.plan and v.target = a.target and v.area_code = a.area_code
    join plumbline.indicator i on i.indicator = v.indicator and i.kind = 'sample' and i.strata <> 'none'
    join plumbline.area r on r.area_code = v.area_code and r.level = 'district' and r.valid_to = 'infinity'
   where a.state = 'firing'
), paired as (
  select f.*, (select e.period from plumbline.estimate e
                where e.district_code = f.area_code and e.area_code = f.area_code and e.indicator = f.indicator and e.stratum = 'all'
                  and plumbline.period_end(e.period) < plumbline.period_end(f.period)
                order by plumbline.period_end(e.period) desc limit 1) as earlier
    from firing f
), small as (
  select (select value from plumbline.threshold where name = 'publish_min_denominator') as denominator,
         (select value from plumbline.threshold where name = 'publish_sensitive_max') as numerator
), moved as (
  select p.indicator, p.area_code, p.earlier, now.stratum, was.value as value_before, now.value,
         (case p.good when 'down' then 1 else -1 end) * (now.value - was.value) * now.denominator as weight
    from paired p
    cross join small
    join plumbline.estimate now on now.district_code = p.area_code and now.area_code = p.area_code and now.indicator = p.indicator
     and now.period = p.period and now.stratum ~ '^[A-Z][0-9]+$'
    join plumbline.estimate was on was.district_code = p.area_code and was.area_code = p.area_code and was.indicator = p.indicator
     and was.period = p.earlier and was.stratum = now.stratum
   where least(now.denominator, was.denominator) >= small.denominator
     and least(now.numerator, now.denominator - now.numerator, was.numerator, was.denominator - was.numerator) > small.numerator
)
select indicator, area_code, earlier, stratum, value_before, value from moved where weight > 0 order by indicator, area_code, weight desc
