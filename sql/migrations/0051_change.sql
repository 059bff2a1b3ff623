-- 0051: schools only when asked for, since there are thousands of them; figures and the batches that moved them meet by indicator and district.

drop function monitor.changes_since(timestamptz);
create function monitor.changes_since(since timestamptz, schools boolean default false)
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
      from plumbline.school_estimate where schools and known_from > since
    union all
    select 'school_estimate', null, null, indicator, school_code, period, null, value, standing, district_code, known_from, known_to
      from plumbline.school_estimate_history where schools and known_to > since
    union all
    select 'verdict', plan, target, indicator, area_code, null, null, value_now, verdict, district_code, known_from, null from plumbline.verdict where known_from > since
    union all
    select 'verdict', plan, target, indicator, area_code, null, null, value_now, verdict, district_code, known_from, known_to
      from plumbline.verdict_history where known_to > since),
  pairs as materialized (
    select f.figure, f.plan, f.target, f.indicator, f.area_code, f.period, f.stratum, f.district_code, row_number() over () as pair_no,
           max(f.value) filter (where f.known_from <= since) as value_before,
           max(f.value) filter (where f.known_from > since and f.known_from <= seen and (f.known_to is null or f.known_to > seen)) as value_after,
           max(f.word) filter (where f.known_from <= since) as verdict_before,
           max(f.word) filter (where f.known_from > since and f.known_from <= seen and (f.known_to is null or f.known_to > seen)) as verdict_after,
           max(case when f.known_from > since then f.known_from else f.known_to end) as changed_at
      from figures f
     where f.known_from <= seen
     group by 1, 2, 3, 4, 5, 6, 7, 8),
  moved as (
    select p.pair_no, p.figure, p.period, p.changed_at, m.batch_id, m.period as moved_period, m.moved_at
      from pairs p join moves m on m.indicator = p.indicator and m.district_code = p.district_code
    union all
    select p.pair_no, p.figure, p.period, p.changed_at, m.batch_id, m.period, m.moved_at
      from pairs p join moves m on m.indicator = p.indicator
     where p.district_code = any (cities)),
  movers as (
    select pair_no, array_agg(distinct batch_id order by batch_id) as batch_ids
      from moved
     where moved_at <= changed_at and (moved_period is null or figure not in ('estimate', 'school_estimate') or moved_period = period)
     group by 1)
  select p.figure, p.plan, p.target, p.indicator, p.area_code, p.period, p.stratum, p.value_before, p.value_after, p.verdict_before,
         p.verdict_after, p.changed_at, coalesce(m.batch_ids, '{}')
    from pairs p left join movers m on m.pair_no = p.pair_no
   where p.value_before is distinct from p.value_after or p.verdict_before is distinct from p.verdict_after
   order by p.figure, p.indicator, p.target, p.area_code, plumbline.period_end(p.period), p.stratum;
end $$;
comment on function monitor.changes_since(timestamptz, boolean) is
  '某时刻以来变动的数字及引起变动的批次：figure 为 estimate（率%或个数）、trend（年变化，百分点/年或个/年）、tendency（Sen 斜率，同前）、league（收缩后的值，stratum 为 level 或 slope）、school_estimate（schools 为 true 时：学校的值与位置，area_code 为学校代码）、verdict（现值与判定） | figures that moved since a moment, and the batches that moved them: figure is estimate (percent or items), trend (slope, percentage points or items a year), tendency (Sen''s slope, the same), league (shrunken value; stratum is level or slope), school_estimate (where schools is true: a school''s value and standing; area_code is its code) or verdict (value now, and verdict)';
grant execute on function monitor.changes_since(timestamptz, boolean) to plumbline_statistician;
