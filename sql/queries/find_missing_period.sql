-- find_missing_period: the first of the periods without any figure. $1 periods
select p from unnest($1::text[]) p where not exists (select from plumbline.estimate e where e.period = p) limit 1
