-- 0036: schools beside schools of their kind, from what was published alone.

-- released_schools(): schools' rounded counts of the newest period that was published by school, of each indicator, with the stage that
-- each had then; none without a register.
create function plumbline.released_schools()
returns table (indicator text, period text, district_code text, school_name text, stage text, numerator bigint, denominator bigint)
language plpgsql stable set search_path = pg_catalog as $$
#variable_conflict use_column
begin
  if to_regclass('feed.schools_version') is null then
    return;
  end if;
  return query
    with newest as (
      select distinct on (indicator) indicator, release_id, period from published.school_estimate
       order by indicator, plumbline.period_end(period) desc, release_id desc)
    select s.indicator, s.period, s.district_code, s.school_name::text, v.stage, s.numerator::bigint, s.denominator::bigint
      from published.school_estimate s
      join newest n on n.indicator = s.indicator and n.release_id = s.release_id and n.period = s.period
      join feed.schools_version v on v.school_code = s.school_code and v.valid_from <= plumbline.period_end(s.period)
                                 and v.valid_until > plumbline.period_end(s.period)
     where not s.hidden and s.denominator > 0
     order by s.indicator, v.stage, s.school_name;
end $$;
comment on function plumbline.released_schools() is
  '各指标最近一次按学校发布的时期中各校的取整人数和类别 | schools'' rounded counts of the newest period that was published by school, with their stage';
