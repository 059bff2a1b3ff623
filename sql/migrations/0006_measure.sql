-- 0006: what measure reads and keeps beside the results.

-- Each stratum's share of a target's baseline, frozen once the baseline wave is complete, so that a standardised rate
-- never moves because its weights did.
create table plumbline.target_weight (
  plan text not null,
  target text not null,
  stratum text not null,
  weight double precision not null,
  final boolean not null,
  known_from timestamptz not null,
  constraint target_weight_pk primary key (plan, target, stratum),
  constraint target_weight_ck check (weight >= 0 and weight <= 1)
);
select plumbline.describe('plumbline.target_weight',
  '标准化权重：基线时各层受检人数占全市的比例 | standard weights: each stratum''s share of the examined in the city at the baseline',
  'plan', '规划代号 | plan',
  'target', '目标代号 | target',
  'stratum', '分层，如 P1/M | stratum, such as P1/M',
  'weight', '权重（0–1） | weight (0 to 1); those of a target sum to 1',
  'final', '基线是否已完整 | whether the baseline wave was complete, so that the weight is fixed',
  'known_from', '入库时刻 | when this row became known');
select plumbline.keep_history('plumbline.target_weight');

-- indicator_rows(): school-level numerators and denominators, by stratum and rolled up to grade, sex and all. Tallies are
-- cumulative: an area that is silent in a period still stands where it last stood in that year (carried = true).
create function plumbline.indicator_rows(indicator text)
returns table (district_code text, unit_code text, period text, stratum text, numerator numeric, denominator numeric,
               provisional boolean, carried boolean)
language plpgsql stable set search_path = pg_catalog as $$
declare
  by_area boolean := (select f.grain = 'area' from plumbline.indicator i join plumbline.feed f using (feed)
                       where i.indicator = indicator_rows.indicator);
begin
  if by_area then
    return query execute format($query$
      with reported as (
        select v.*, plumbline.period_end(v.period) as ends, left(v.period, 4) as year
          from indicator.%I v where v.numerator is not null),
      unit as (select distinct r.district_code, r.unit_code, r.year from reported r),
      occasion as (select distinct r.period, r.ends, r.year from reported r)
      select u.district_code, u.unit_code, o.period, 'all', last.numerator::numeric, last.denominator::numeric,
             last.provisional, last.period <> o.period
        from unit u
        join occasion o on o.year = u.year
        join lateral (select * from reported r where r.unit_code = u.unit_code and r.year = u.year and r.ends <= o.ends
                       order by r.ends desc limit 1) last on true
       order by 1, 2, 3 $query$, indicator);
  else
    return query execute format($query$
      with cell as (
        select v.*, split_part(v.stratum, '/', 1) as grade, split_part(v.stratum, '/', 2) as sex
          from indicator.%I v where v.numerator is not null)
      select c.district_code, c.unit_code, c.period,
             case grouping(c.grade, c.sex) when 3 then 'all' when 2 then c.sex when 1 then c.grade
                  else c.grade || '/' || c.sex end,
             sum(c.numerator), sum(c.denominator), bool_or(c.provisional), false
        from cell c
       group by grouping sets ((c.district_code, c.unit_code, c.period),
                               (c.district_code, c.unit_code, c.period, c.grade),
                               (c.district_code, c.unit_code, c.period, c.sex),
                               (c.district_code, c.unit_code, c.period, c.grade, c.sex))
      having grouping(c.grade, c.sex) = 3
          or (grouping(c.grade) = 1 or c.grade <> 'all') and (grouping(c.sex) = 1 or c.sex not in ('', 'all'))
       order by 1, 2, 3, 4 $query$, indicator);
  end if;
end $$;
comment on function plumbline.indicator_rows(text) is
  '指标的校级(计数指标为区级)分子与分母 | school-level (for tallies area-level) rows of an indicator';

-- schools_expected(): schools of the given stages that are open at the end of each period, by district.
create function plumbline.schools_expected(periods text[], stages text[])
returns table (district_code text, period text, schools bigint)
language plpgsql stable set search_path = pg_catalog as $$
begin
  if to_regclass('feed.schools_version') is not null then
    return query
      select plumbline.current_area(s.district_code), p.period, count(distinct s.school_code)
        from unnest(periods) p(period)
        join feed.schools_version s on s.valid_from <= plumbline.period_end(p.period) and s.valid_until > plumbline.period_end(p.period)
       where s.stage = any (stages)
       group by 1, 2;
  end if;
end $$;
comment on function plumbline.schools_expected(text[], text[]) is
  '各区各时期应报学校数 | schools that are expected to report, by district and period';

-- indicator_fingerprint(): changes whenever the indicator's data, the register or its part of the catalogue does.
create function plumbline.indicator_fingerprint(indicator text) returns text
language sql stable set search_path = pg_catalog as $$
  select md5(concat_ws('/',
    (select concat_ws(',', count(*), max(b.batch_id)) from plumbline.batch b join plumbline.indicator i on i.feed = b.feed
      where i.indicator = $1 and b.status = 'loaded'),
    (select concat_ws(',', count(*), max(b.batch_id)) from plumbline.batch b where b.feed = 'schools' and b.status = 'loaded'),
    (select max(i.known_from) from plumbline.indicator i where i.indicator = $1),
    (select concat_ws(',', count(*), max(t.known_from)) from plumbline.target t where t.indicator = $1),
    (select max(h.known_to) from plumbline.target_history h where h.indicator = $1),
    (select concat_ws(',', count(*), max(t.known_from)) from plumbline.threshold t),
    (select concat_ws(',', count(*), max(a.known_from)) from plumbline.area a),
    (select concat_ws(',', count(*), max(f.known_from)) from plumbline.feed f)))
$$;
comment on function plumbline.indicator_fingerprint(text) is '指标数据与定义的指纹 | fingerprint of an indicator''s data and definition';
