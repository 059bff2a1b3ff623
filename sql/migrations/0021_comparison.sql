-- 0021: results of schools, beside the other schools of their kind in the district; of districts beside each other; and what the values alone
-- tell of how they move.

create table plumbline.school_estimate (
  district_code text not null,
  year smallint not null,
  indicator text not null,
  school_code text not null,
  period text not null,
  stage text,
  numerator bigint not null,
  denominator bigint,
  value double precision,
  low95 double precision,
  high95 double precision,
  value_std double precision,
  low95_std double precision,
  high95_std double precision,
  provisional boolean not null,
  peers integer,
  peer_value double precision,
  limit_low95 double precision,
  limit_high95 double precision,
  limit_low998 double precision,
  limit_high998 double precision,
  z double precision,
  standing text,
  run_id bigint,
  known_from timestamptz not null,
  constraint school_estimate_pk primary key (district_code, year, indicator, school_code, period),
  constraint school_estimate_standing_ck check (standing in ('within', 'above', 'below')),
  constraint school_estimate_finite_ck check (plumbline.finite(value) and plumbline.finite(low95) and plumbline.finite(high95)
    and plumbline.finite(value_std) and plumbline.finite(low95_std) and plumbline.finite(high95_std) and plumbline.finite(peer_value)
    and plumbline.finite(limit_low95) and plumbline.finite(limit_high95) and plumbline.finite(limit_low998) and plumbline.finite(limit_high998)
    and plumbline.finite(z))
) partition by list (year);
select plumbline.describe('plumbline.school_estimate', '学校的指标估计值及其在本区县同类学校中的位置 | estimates of schools, and where each stands among the schools of its stage in the district',
  'district_code', '区县代码 | code of the district',
  'year', '时期所属年份 | year of the period',
  'indicator', '指标代号 | indicator',
  'school_code', '学校代码 | code of the school',
  'period', '时期 | period: 2022, 2022-03, 2022-spring, 2022-autumn',
  'stage', '时期末的学段；不作同类比较的指标为空 | stage of the school at the period''s end; null for indicators that are not compared',
  'numerator', '分子（人或个） | numerator (pupils or items)',
  'denominator', '分母（人）；合计指标为空 | denominator (pupils); null for totals',
  'value', '粗值：率为%，合计为个数 | crude value: percent for shares, the number itself for totals',
  'low95', '95%置信区间下限，单位同 value；普查指标为空 | lower end of the 95% interval, unit as value; null where everybody is counted',
  'high95', '95%置信区间上限，单位同 value；普查指标为空 | upper end of the 95% interval, unit as value; null where everybody is counted',
  'value_std', '标准化值（%）：按本校所有年级与性别的全市权重 | standardised value (percent): by the city''s shares of those grades and sexes that the school has',
  'low95_std', '标准化值95%置信区间下限（%） | lower end of the standardised value''s 95% interval (percent)',
  'high95_std', '标准化值95%置信区间上限（%） | upper end of the standardised value''s 95% interval (percent)',
  'provisional', '是否含待确认数据 | whether rows that await confirmation are in it',
  'peers', '同区县同学段的已报学校数（校，含本校）；少于5所不比较 | schools of its stage in the district that reported, itself included (schools); not compared below 5',
  'peer_value', '同类学校合计的率（%） | rate of those schools together (percent)',
  'limit_low95', '漏斗图95%下限（%），已按过度离散校正 | lower 95% limit of the funnel (percent), adjusted for overdispersion',
  'limit_high95', '漏斗图95%上限（%），已按过度离散校正 | upper 95% limit of the funnel (percent), adjusted for overdispersion',
  'limit_low998', '漏斗图99.8%下限（%），已按过度离散校正 | lower 99.8% limit of the funnel (percent), adjusted for overdispersion',
  'limit_high998', '漏斗图99.8%上限（%），已按过度离散校正 | upper 99.8% limit of the funnel (percent), adjusted for overdispersion',
  'z', '与同类学校相差的标准差数（个），已按过度离散校正 | standard deviations by which it lies above its peers (number), adjusted for overdispersion',
  'standing', '位置：within 在99.8%限内，above 高于上限，below 低于下限 | within the 99.8% limits, above or below them; null where not compared',
  'run_id', '运行编号 | run that computed it',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.tendency (
  district_code text not null,
  year smallint not null,
  indicator text not null,
  area_code text not null,
  as_of date not null,
  period text not null,
  points integer not null,
  sen_slope double precision,
  sen_low95 double precision,
  sen_high95 double precision,
  kendall_s double precision,
  kendall_tau double precision,
  kendall_p double precision,
  kendall_exact boolean not null,
  aapc double precision,
  aapc_low95 double precision,
  aapc_high95 double precision,
  aapc_p double precision,
  run_id bigint,
  known_from timestamptz not null,
  constraint tendency_pk primary key (district_code, year, indicator, area_code, as_of),
  constraint tendency_finite_ck check (plumbline.finite(sen_slope) and plumbline.finite(sen_low95) and plumbline.finite(sen_high95)
    and plumbline.finite(kendall_s) and plumbline.finite(aapc) and plumbline.finite(aapc_low95) and plumbline.finite(aapc_high95)),
  constraint tendency_probability_ck check (kendall_tau between -1 and 1 and kendall_p between 0 and 1 and aapc_p between 0 and 1)
) partition by list (year);
select plumbline.describe('plumbline.tendency', '仅据各期数值的走势，与趋势并列 | how the values alone move, beside the trend',
  'district_code', '区县代码（市级行为市代码） | code of the district; the city''s own code in its rows',
  'year', '最末时期所属年份 | year of the last period',
  'indicator', '指标代号 | indicator',
  'area_code', '地区代码 | code of the area',
  'as_of', '最末时期的末日 | last day of the last period that entered',
  'period', '最末时期 | last period that entered',
  'points', '时点数（个） | occasions that entered (number)',
  'sen_slope', 'Theil-Sen 年变化（百分点/年） | Theil-Sen slope (percentage points a year)',
  'sen_low95', 'Theil-Sen 年变化95%置信区间下限（百分点/年）；时点过少时为空 | lower end of its 95% interval (percentage points a year); null with too few occasions',
  'sen_high95', 'Theil-Sen 年变化95%置信区间上限（百分点/年）；时点过少时为空 | upper end of its 95% interval (percentage points a year); null with too few occasions',
  'kendall_s', 'Mann-Kendall 统计量 S：上升对数减下降对数（对） | Mann-Kendall S: rises less falls over all pairs (pairs)',
  'kendall_tau', 'Kendall tau-b（-1 至 1） | Kendall''s tau-b (-1 to 1)',
  'kendall_p', 'Mann-Kendall 双侧 p 值（0–1） | two-sided p of Mann-Kendall (0 to 1)',
  'kendall_exact', 'p 值是否精确（无相同值时） | whether that p is exact (where no two values are equal)',
  'aapc', '年均变化百分比（%/年，复合） | average annual change (per cent a year, compounded)',
  'aapc_low95', '年均变化百分比95%置信区间下限（%/年） | lower end of its 95% interval (per cent a year)',
  'aapc_high95', '年均变化百分比95%置信区间上限（%/年） | upper end of its 95% interval (per cent a year)',
  'aapc_p', '年均变化为零的双侧 p 值（0–1） | two-sided p of no annual change (0 to 1)',
  'run_id', '运行编号 | run that computed it',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.league (
  district_code text not null,
  year smallint not null,
  indicator text not null,
  area_code text not null,
  period text not null,
  measure text not null,
  districts integer not null,
  value double precision not null,
  se double precision not null,
  share double precision not null,
  shrunken double precision not null,
  shrunken_low95 double precision not null,
  shrunken_high95 double precision not null,
  mean double precision not null,
  tau double precision not null,
  expected_rank double precision not null,
  probability_best double precision not null,
  probability_worst double precision not null,
  run_id bigint,
  known_from timestamptz not null,
  constraint league_pk primary key (district_code, year, indicator, area_code, period, measure),
  constraint league_measure_ck check (measure in ('level', 'slope')),
  constraint league_finite_ck check (plumbline.finite(value) and plumbline.finite(se) and plumbline.finite(shrunken) and plumbline.finite(shrunken_low95)
    and plumbline.finite(shrunken_high95) and plumbline.finite(mean) and plumbline.finite(tau) and plumbline.finite(expected_rank)),
  constraint league_probability_ck check (share between 0 and 1 and probability_best between 0 and 1 and probability_worst between 0 and 1)
) partition by list (year);
select plumbline.describe('plumbline.league', '区县排名：向均值收缩，附最差与最好的概率 | districts beside each other, drawn towards their mean, with the probability of being the worst',
  'district_code', '区县代码 | code of the district',
  'year', '时期所属年份 | year of the period',
  'indicator', '指标代号 | indicator',
  'area_code', '地区代码 | code of the area',
  'period', '时期；斜率截至该期 | period; a slope is that of the periods up to it',
  'measure', '所比之量：level 标准化值，slope 年变化 | what is compared: level (standardised value) or slope (change a year)',
  'districts', '参与比较的区县数（个） | districts that were compared (number)',
  'value', '区县自身的估计值（level 为%，slope 为百分点/年） | the district''s own estimate (percent for level, percentage points a year for slope)',
  'se', '其标准误，单位同 value | its standard error, unit as value',
  'share', '收缩后保留的比例（0–1） | share of its distance from the mean that is kept (0 to 1)',
  'shrunken', '收缩估计值，单位同 value | shrunken estimate, unit as value',
  'shrunken_low95', '收缩估计值95%区间下限，单位同 value | lower end of its 95% interval, unit as value',
  'shrunken_high95', '收缩估计值95%区间上限，单位同 value | upper end of its 95% interval, unit as value',
  'mean', '各区县的均值，单位同 value | mean of the districts, unit as value',
  'tau', '区县间标准差（抽样误差之外），单位同 value | standard deviation between districts beyond sampling, unit as value',
  'expected_rank', '期望名次（1 最好） | expected rank (1 is the best)',
  'probability_best', '为最好区县的概率（0–1） | probability that it is the best of all (0 to 1)',
  'probability_worst', '为最差区县的概率（0–1） | probability that it is the worst of all (0 to 1)',
  'run_id', '运行编号 | run that computed it',
  'known_from', '入库时刻 | when this row became known');

select plumbline.keep_history(('plumbline.' || t)::regclass) from unnest(array['school_estimate', 'tendency', 'league']) t;

-- school_stages(): the stage of each school at the end of each period.
create function plumbline.school_stages(periods text[])
returns table (school_code text, period text, stage text)
language plpgsql stable set search_path = pg_catalog as $$
begin
  if to_regclass('feed.schools_version') is not null then
    return query
      select s.school_code, p.period, s.stage
        from unnest(periods) p(period)
        join feed.schools_version s on s.valid_from <= plumbline.period_end(p.period) and s.valid_until > plumbline.period_end(p.period);
  end if;
end $$;
comment on function plumbline.school_stages(text[]) is '各校在各时期末的学段 | stage of each school at the end of each period';

-- The results of the schools themselves are for readers from their own district, like the rows that they rest on.
create or replace function plumbline.own_views() returns void
language plpgsql set search_path = pg_catalog as $$
declare
  wanted text[] := array(select x.view_name from plumbline.feed x where x.grain in ('register', 'school') order by x.position) || text 'school_estimate';
  name text;
begin
  for name in select p.proname from pg_proc p where p.pronamespace = 'district'::regnamespace
                 and not exists (select from unnest(wanted) w where p.proname = 'rows_of_' || w) loop
    execute format('drop function district.%I() cascade', name);
  end loop;
  foreach name in array wanted loop
    perform plumbline.own_view(name);
  end loop;
end $$;

-- Whatever has been measured has no results of these kinds yet.
delete from plumbline.measured;
