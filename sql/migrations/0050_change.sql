-- 0050: changes_since() tells of every figure that is kept with its history: standings of districts, tendencies and schools too. A trend has
-- the period that it ended with; rows of any period can have moved a figure that looks back.

create or replace function monitor.changes_since(since timestamptz)
returns table (figure text, plan text, target text, indicator text, area_code text, period text, stratum text,
               value_before double precision, value_after double precision, verdict_before text, verdict_after text,
               changed_at timestamptz, batch_ids bigint[])
language plpgsql stable security definer set search_path = pg_catalog as $$
#variable_conflict use_column
declare
  seen constant timestamptz := plumbline.seen_at();
  cities constant text[] := array(select a.area_code from plumbline.area a where a.level = 'city');
begin
  return query
  with moves as materialized (select * from plumbline.moving_batches(since)),
  figures as (
    select 'estimate' as figure, null as plan, null as target, indicator, area_code, period, stratum, value, null as word, district_code, known_from, null::timestamptz as known_to
      from plumbline.estimate where known_from > since
    union all
    select 'estimate', null, null, indicator, area_code, period, stratum, value, null, district_code, known_from, known_to
      from plumbline.estimate_history where known_to > since
    union all
    select 'trend', null, null, indicator, area_code, period, null, slope, null, district_code, known_from, null from plumbline.trend where known_from > since
    union all
    select 'trend', null, null, indicator, area_code, period, null, slope, null, district_code, known_from, known_to from plumbline.trend_history where known_to > since
    union all
    select 'tendency', null, null, indicator, area_code, period, null, sen_slope, null, district_code, known_from, null from plumbline.tendency where known_from > since
    union all
    select 'tendency', null, null, indicator, area_code, period, null, sen_slope, null, district_code, known_from, known_to
      from plumbline.tendency_history where known_to > since
    union all
    select 'league', null, null, indicator, area_code, period, measure, shrunken, null, district_code, known_from, null from plumbline.league where known_from > since
    union all
    select 'league', null, null, indicator, area_code, period, measure, shrunken, null, district_code, known_from, known_to
      from plumbline.league_history where known_to > since
    union all
    select 'school_estimate', null, null, indicator, school_code, period, null, value, standing, district_code, known_from, null
      from plumbline.school_estimate where known_from > since
    union all
    select 'school_estimate', null, null, indicator, school_code, period, null, value, standing, district_code, known_from, known_to
      from plumbline.school_estimate_history where known_to > since
    union all
    select 'verdict', plan, target, indicator, area_code, null, null, value_now, verdict, district_code, known_from, null from plumbline.verdict where known_from > since
    union all
    select 'verdict', plan, target, indicator, area_code, null, null, value_now, verdict, district_code, known_from, known_to
      from plumbline.verdict_history where known_to > since),
  pairs as (
    select f.figure, f.plan, f.target, f.indicator, f.area_code, f.period, f.stratum, f.district_code,
           max(f.value) filter (where f.known_from <= since) as value_before,
           max(f.value) filter (where f.known_from > since and f.known_from <= seen and (f.known_to is null or f.known_to > seen)) as value_after,
           max(f.word) filter (where f.known_from <= since) as verdict_before,
           max(f.word) filter (where f.known_from > since and f.known_from <= seen and (f.known_to is null or f.known_to > seen)) as verdict_after,
           max(case when f.known_from > since then f.known_from else f.known_to end) as changed_at
      from figures f
     where f.known_from <= seen
     group by 1, 2, 3, 4, 5, 6, 7, 8)
  select p.figure, p.plan, p.target, p.indicator, p.area_code, p.period, p.stratum, p.value_before, p.value_after, p.verdict_before,
         p.verdict_after, p.changed_at,
         array(select distinct m.batch_id from moves m
                where m.indicator = p.indicator and m.moved_at <= p.changed_at
                  and (m.district_code = p.district_code or p.district_code = any (cities))
                  and (m.period is null or p.figure not in ('estimate', 'school_estimate') or m.period = p.period)
                order by m.batch_id)
    from pairs p
   where p.value_before is distinct from p.value_after or p.verdict_before is distinct from p.verdict_after
   order by p.figure, p.indicator, p.target, p.area_code, plumbline.period_end(p.period), p.stratum;
end $$;
comment on function monitor.changes_since(timestamptz) is
  '某时刻以来变动的数字及引起变动的批次：figure 为 estimate（率%或个数）、trend（年变化，百分点/年或个/年）、tendency（Sen 斜率，同前）、league（收缩后的值，stratum 为 level 或 slope）、school_estimate（学校的值与位置，area_code 为学校代码）、verdict（现值与判定） | figures that moved since a moment, and the batches that moved them: figure is estimate (percent or items), trend (slope, percentage points or items a year), tendency (Sen''s slope, the same), league (shrunken value; stratum is level or slope), school_estimate (a school''s value and standing; area_code is its code) or verdict (value now, and verdict)';
