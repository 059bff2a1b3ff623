-- 0013: releases: what leaves the circle of those who may see every count. Tables, filled once and never changed, so that a reader
-- has nothing to look behind; what they were made from stays in plumbline.release_row.

create schema published;
comment on schema published is '对外发布的数据：按期编号，小数目已保护 | releases: numbered, small counts protected';
grant usage on schema published to plumbline_etl, plumbline_statistician, plumbline_district, plumbline_public;
alter default privileges in schema published grant select on tables to plumbline_statistician, plumbline_district, plumbline_public;
alter default privileges in schema published grant select, insert on tables to plumbline_etl;

create table published.release (
  release_id bigint generated always as identity,
  released_at timestamptz not null,
  released_on date not null,
  grain text not null,
  strata text not null,
  periods text[] not null,
  min_denominator bigint not null,
  sensitive_max bigint not null,
  rounding bigint not null,
  width bigint not null,
  rules text not null,
  rules_en text not null,
  counts bigint not null,
  counts_shown bigint not null,
  simulated boolean not null,
  run_id bigint not null,
  version text not null,
  constraint release_pk primary key (release_id),
  constraint release_grain_ck check (grain in ('district', 'school')),
  constraint release_strata_ck check (strata in ('none', 'grade', 'sex', 'grade_sex'))
);
select plumbline.describe('published.release', '各次发布及其规则 | releases, with the rules by which each was made',
  'release_id', '发布编号 | number of the release',
  'released_at', '发布时刻 | when it was made',
  'released_on', '发布日期 | date on which it was made',
  'grain', '最细单位：district 区县，school 学校 | finest unit: district or school',
  'strata', '分层：none 无，grade 年级，sex 性别，grade_sex 年级与性别 | strata: none, grade, sex, grade_sex',
  'periods', '所含时期 | periods in it',
  'min_denominator', '分母低于此数的行隐去（人） | a row with a smaller denominator is hidden (pupils)',
  'sensitive_max', '分子或分母减分子在1至此数之间即为敏感（人） | a numerator, or denominator minus numerator, from 1 to this is sensitive (pupils)',
  'rounding', '显示的计数取整到此数的倍数（人） | counts that are shown are rounded to multiples of this (pupils)',
  'width', '敏感计数的可能取值至少相差此数（人） | what the possible values of a sensitive count span at least (pupils)',
  'rules', '规则说明 | the rules in Chinese',
  'rules_en', '规则说明（英文） | the rules in English',
  'counts', '受保护的行数（行） | rows of protected counts (rows)',
  'counts_shown', '其中分子分母均显示的行数（行） | of them shown with both counts (rows)',
  'simulated', '是否含模拟数据 | whether simulated data are in it',
  'run_id', '运行编号 | run that made it',
  'version', '程序版本 | version of the program');

create table published.indicator (
  release_id bigint not null,
  indicator text not null,
  name text not null,
  name_en text not null,
  unit text not null,
  definition text not null,
  definition_en text not null,
  protected boolean not null,
  design_effect bigint,
  constraint indicator_pk primary key (release_id, indicator),
  constraint indicator_release_fk foreign key (release_id) references published.release
);
select plumbline.describe('published.indicator', '各次发布所含指标的定义 | indicators of each release, as they were defined then',
  'release_id', '发布编号 | release',
  'indicator', '指标代号 | indicator',
  'name', '名称 | name in Chinese',
  'name_en', '英文名称 | name in English',
  'unit', '单位 | unit of the value: percent, or what is counted',
  'definition', '定义 | definition in Chinese',
  'definition_en', '定义（英文） | definition in English',
  'protected', '是否按规则保护（以学生计数者） | whether its counts are of pupils, and protected by the release''s rules',
  'design_effect', '设计效应（各区县的中位数，进到整数）；普查指标为空 | design effect: median over districts, rounded up; null where everybody is counted');

create table published.estimate (
  district_code text not null,
  year smallint not null,
  release_id bigint not null,
  indicator text not null,
  area_code text not null,
  area_name text not null,
  area_name_en text not null,
  period text not null,
  stratum text not null,
  numerator bigint,
  denominator bigint,
  value double precision,
  low95 double precision,
  high95 double precision,
  hidden boolean not null,
  schools_reporting integer not null,
  schools_expected integer not null,
  provisional boolean not null,
  constraint estimate_pk primary key (district_code, year, release_id, indicator, area_code, period, stratum),
  constraint estimate_release_fk foreign key (release_id) references published.release,
  constraint estimate_finite_ck check (plumbline.finite(value) and plumbline.finite(low95) and plumbline.finite(high95)),
  constraint estimate_hidden_ck check (not hidden or numerator is null and value is null)
) partition by list (year);
select plumbline.describe('published.estimate', '区县与全市的指标值，小数目已保护 | indicators of districts and the city, small counts protected',
  'district_code', '区县代码（市级行为市代码） | code of the district; the city''s own code in its rows',
  'year', '时期所属年份 | year of the period',
  'release_id', '发布编号 | release',
  'indicator', '指标代号 | indicator',
  'area_code', '地区代码 | code of the area',
  'area_name', '地区名称 | name of the area',
  'area_name_en', '地区英文名称 | name of the area in English',
  'period', '时期 | period: 2022, 2022-03, 2022-spring, 2022-autumn',
  'stratum', '分层：all 全部，年级如 P1，性别如 M，年级/性别如 P1/M | stratum: all, a grade (P1), a sex (M), or both (P1/M)',
  'numerator', '分子（人、校或个；受保护者已取整）；隐去时为空 | numerator (pupils, schools or items), rounded where protected; null where hidden',
  'denominator', '分母（人或校；受保护者已取整）；隐去时为空 | denominator (pupils or schools), rounded where protected; null where hidden, and for totals',
  'value', '值：率为%，由所示计数算得；合计为个数 | value: percent, computed from the counts shown; for totals the number itself',
  'low95', '95%置信区间下限（%），由所示计数与设计效应算得 | lower end of the 95% interval (percent), from the counts shown and the design effect',
  'high95', '95%置信区间上限（%），由所示计数与设计效应算得 | upper end of the 95% interval (percent), from the counts shown and the design effect',
  'hidden', '是否隐去 | whether the row''s counts are hidden, for its own or for another row''s sake',
  'schools_reporting', '已报学校数（校） | schools that reported (schools)',
  'schools_expected', '应报学校数（校） | schools that should report (schools)',
  'provisional', '是否含待确认数据 | whether rows that await confirmation are in it');

create table published.school_estimate (
  district_code text not null,
  year smallint not null,
  release_id bigint not null,
  indicator text not null,
  school_code text not null,
  school_name text not null,
  period text not null,
  numerator bigint,
  denominator bigint,
  value double precision,
  hidden boolean not null,
  provisional boolean not null,
  constraint school_estimate_pk primary key (district_code, year, release_id, indicator, school_code, period),
  constraint school_estimate_release_fk foreign key (release_id) references published.release,
  constraint school_estimate_finite_ck check (plumbline.finite(value)),
  constraint school_estimate_hidden_ck check (not hidden or numerator is null and value is null)
) partition by list (year);
select plumbline.describe('published.school_estimate', '学校合计的指标值，小数目已保护 | indicators of schools as a whole, small counts protected',
  'district_code', '区县代码 | code of the district',
  'year', '时期所属年份 | year of the period',
  'release_id', '发布编号 | release',
  'indicator', '指标代号 | indicator',
  'school_code', '学校代码 | code of the school',
  'school_name', '学校名称 | name of the school at the period''s end',
  'period', '时期 | period',
  'numerator', '分子（已取整）；隐去时为空 | numerator, rounded; null where hidden',
  'denominator', '分母（已取整）；隐去时为空 | denominator, rounded; null where hidden',
  'value', '率（%），由所示计数算得 | value (percent), computed from the counts shown',
  'hidden', '是否隐去 | whether the row''s counts are hidden, for its own or for another row''s sake',
  'provisional', '是否含待确认数据 | whether rows that await confirmation are in it');

create table published.dictionary (
  release_id bigint not null,
  table_name text not null,
  position integer not null,
  column_name text not null,
  type text not null,
  about text not null,
  about_en text not null,
  constraint dictionary_pk primary key (release_id, table_name, column_name),
  constraint dictionary_release_fk foreign key (release_id) references published.release
);
select plumbline.describe('published.dictionary', '数据字典：各次发布的表与列 | data dictionary: tables and columns of each release',
  'release_id', '发布编号 | release',
  'table_name', '表名 | table',
  'position', '列的次序 | order of the column',
  'column_name', '列名 | column',
  'type', '类型 | type',
  'about', '说明与单位 | meaning and unit in Chinese',
  'about_en', '说明与单位（英文） | meaning and unit in English');

-- ---------------------------------------------------------------------------------------------------------------
-- What releases were made from; nobody but the program reads it.

create table plumbline.release_row (
  district_code text not null,
  year smallint not null,
  release_id bigint not null,
  indicator text not null,
  unit_code text not null,
  parent_code text not null,
  period text not null,
  stratum text not null,
  counted text not null,
  numerator bigint not null,
  denominator bigint not null,
  numerator_shown bigint,
  denominator_shown bigint,
  provisional boolean not null,
  constraint release_row_pk primary key (district_code, year, release_id, indicator, unit_code, period, stratum)
) partition by list (year);
select plumbline.describe('plumbline.release_row', '发布所据的真实计数 | true counts of what releases show and hide',
  'district_code', '区县代码（市级行为市代码） | code of the district; the city''s own code in its rows',
  'year', '时期所属年份 | year of the period',
  'release_id', '发布编号 | release',
  'indicator', '指标代号 | indicator',
  'unit_code', '地区或学校代码 | code of the area or school',
  'parent_code', '上级地区代码；市级为空串 | code of the area above; empty at the top',
  'period', '时期 | period',
  'stratum', '分层 | stratum',
  'counted', '分母的定义；相同者分母相同 | what the denominator counts; indicators with the same have the same denominator',
  'numerator', '分子（人） | numerator (pupils)',
  'denominator', '分母（人） | denominator (pupils)',
  'numerator_shown', '显示的分子（人）；隐去时为空 | numerator as shown (pupils); null where hidden',
  'denominator_shown', '显示的分母（人）；隐去时为空 | denominator as shown (pupils); null where hidden',
  'provisional', '是否含待确认数据 | whether rows that await confirmation are in it');

-- What an indicator counts: pupils (protected), or schools and things, which are nobody's secret. Totals of a school's feed are pupils
-- unless their unit says otherwise; without a denominator there is no rule for them, and they are not released.
create function plumbline.counts_pupils(indicator plumbline.indicator) returns boolean
language sql stable set search_path = pg_catalog as $$
  select f.grain = 'school' and case when indicator.denominator = '' then indicator.unit in ('pupil', 'pupils', 'child', 'person')
                                     else indicator.denominator !~ '^\s*1\s*$' end
    from plumbline.feed f where f.feed = indicator.feed
$$;
comment on function plumbline.counts_pupils(plumbline.indicator) is '指标是否以学生计数 | whether an indicator counts pupils';

create function plumbline.in_strata(stratum text, strata text) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select case when stratum = 'all' or strata = 'grade_sex' then true
              when stratum like '%/%' then false
              when stratum in ('M', 'F') then strata = 'sex'
              else strata = 'grade' end
$$;
comment on function plumbline.in_strata(text, text) is '分层是否属于所选 | whether a stratum belongs to none, grade, sex or grade_sex';

-- periods_due(): periods with figures of pupils that are over, await no confirmation, and were in no release of that kind.
create function plumbline.periods_due(grain text, strata text) returns setof text
language sql stable set search_path = pg_catalog as $$
  select e.period
    from plumbline.estimate e join plumbline.indicator i on i.indicator = e.indicator
   where e.stratum = 'all' and plumbline.counts_pupils(i)
   group by e.period
  having not bool_or(e.provisional) and plumbline.period_end(e.period) < plumbline.today()
     and not exists (select from published.release r where r.grain = $1 and r.strata = $2 and e.period = any (r.periods))
   order by plumbline.period_end(e.period), e.period
$$;
comment on function plumbline.periods_due(text, text) is '尚未发布的时期 | periods that no release of that grain and strata holds';

-- rows_to_release(): the true counts of pupils that a release would show. Where each school's numerator is all its pupils or none,
-- the indicator says something of schools, which the register knows, and nothing of pupils: its schools are left out.
create function plumbline.rows_to_release(periods text[], grain text, strata text)
returns table (district_code text, indicator text, feed text, unit_code text, parent_code text, period text, stratum text, counted text,
               numerator bigint, denominator bigint, provisional boolean)
language plpgsql stable set search_path = pg_catalog as $$
declare
  i plumbline.indicator;
begin
  for i in select * from plumbline.indicator x where plumbline.counts_pupils(x) and x.denominator <> '' order by x.position loop
    return query
      select e.district_code, e.indicator, i.feed, e.area_code, coalesce(a.parent_code, ''), e.period, e.stratum,
             md5(concat_ws('|', i.feed, i.denominator, i.filter, i.stages)), e.numerator, e.denominator, e.provisional
        from plumbline.estimate e
        join plumbline.area a on a.area_code = e.area_code and a.valid_to = 'infinity'
       where e.indicator = i.indicator and e.period = any (periods) and plumbline.in_strata(e.stratum, strata) and e.denominator > 0;
    if grain = 'school' then
      return query
        select s.district_code, i.indicator, i.feed, s.unit_code, s.district_code, s.period, s.stratum,
               md5(concat_ws('|', i.feed, i.denominator, i.filter, i.stages)), s.numerator::bigint, s.denominator::bigint, s.provisional
          from (select r.*, bool_and(r.numerator = 0 or r.numerator = r.denominator) over () as of_schools
                  from plumbline.indicator_rows(i.indicator) r
                 where r.period = any (periods) and r.stratum = 'all' and r.denominator > 0) s
         where not s.of_schools;
    end if;
  end loop;
end $$;
comment on function plumbline.rows_to_release(text[], text, text) is '拟发布的真实计数 | true counts of pupils that a release would show';

-- Wilson's interval (1927) of a share on n / design effect observations, in percent.
create function plumbline.released_interval(x bigint, n bigint, design_effect bigint, out low95 double precision, out high95 double precision)
language sql immutable set search_path = pg_catalog as $$
  select 100 * greatest(0, centre - half), 100 * least(1, centre + half)
    from (select x::float8 / n as p, n::float8 / design_effect as m, 1.959963984540054 as z) s,
         lateral (select (p + z * z / (2 * m)) / (1 + z * z / m) as centre,
                         z * sqrt(p * (1 - p) / m + z * z / (4 * m * m)) / (1 + z * z / m) as half) t
   where n > 0 and x <= n
$$;
comment on function plumbline.released_interval(bigint, bigint, bigint) is '由所示计数算得的区间（%） | interval from the counts shown (percent)';

-- open_release(): a release's own row, its rules in words, and the partitions of the years that it touches.
create function plumbline.open_release(grain text, strata text, periods text[], rules bigint[], counts bigint, counts_shown bigint, run bigint, version text)
returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
  id bigint;
begin
  insert into published.release (released_at, released_on, grain, strata, periods, min_denominator, sensitive_max, rounding, width, rules, rules_en,
                                 counts, counts_shown, simulated, run_id, version)
  values (plumbline.clock(), plumbline.today(), $1, $2, $3, rules[1], rules[2], rules[3], rules[4],
    format('分母低于%s的行隐去；分子、或分母减分子为1至%s，以及两者相等时，隐去分子；其余计数各自由真实数取整到%s的倍数，率由取整后的计数算得；'
           '必要时另隐去相关的数，使任何人综合各次发布也不能把敏感计数限定在跨度小于%s的范围内。', rules[1], rules[2], rules[3], rules[4]),
    format('Rows with a denominator below %s are hidden; so is a numerator that is 1 to %s, or that far from its denominator, or equal to it. '
           'Every other count is rounded from its true value to a multiple of %s, and rates are computed from rounded counts. Related counts are '
           'hidden too where needed, so that nobody can bound a sensitive count within a span of less than %s from all releases together.',
           rules[1], rules[2], rules[3], rules[4]),
    $5, $6, exists (select from plumbline.batch b where b.simulated and b.status = 'loaded'), run, $8)
  returning release_id into id;
  perform plumbline.ensure_year(t::regclass, y)
     from unnest(array['published.estimate', 'published.school_estimate', 'plumbline.release_row']) t,
          (select distinct left(p, 4)::int as y from unnest(periods) p) years;
  return id;
end $$;
comment on function plumbline.open_release(text, text, text[], bigint[], bigint, bigint, bigint, text) is
  '登记一次发布并建立所需分区 | enters a release, and makes the partitions that it needs';

-- fill_release(): the tables of a release from its rows in release_row, which carry what is shown.
create function plumbline.fill_release(number bigint) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  r published.release;
begin
  select * into r from published.release where release_id = number;
  insert into published.indicator
  select number, i.indicator, i.name, i.name_en, i.unit, i.definition, i.definition_en, plumbline.counts_pupils(i),
         case when i.kind = 'sample' then
           (select greatest(1, ceil(percentile_cont(0.5) within group (order by
                     power((e.high95 - e.low95) / (2 * 1.959963984540054), 2) * e.denominator / (e.value * (100 - e.value)))))::bigint
              from plumbline.estimate e where e.indicator = i.indicator and e.period = any (r.periods) and e.stratum = 'all'
                and e.value > 0 and e.value < 100 and e.low95 is not null) end
    from plumbline.indicator i
   where exists (select from plumbline.estimate e where e.indicator = i.indicator and e.period = any (r.periods))
     and (i.denominator <> '' or not plumbline.counts_pupils(i));

  insert into published.estimate
  select e.district_code, e.year, number, e.indicator, e.area_code, a.name, a.name_en, e.period, e.stratum,
         case when i.protected then w.numerator_shown else e.numerator end, case when i.protected then w.denominator_shown else e.denominator end,
         case when not i.protected then e.value when w.numerator_shown is not null then least(100, 100.0 * w.numerator_shown / w.denominator_shown) end,
         ci.low95, ci.high95, i.protected and w.numerator_shown is null, e.schools_reporting, e.schools_expected, e.provisional
    from plumbline.estimate e
    join published.indicator i on i.release_id = number and i.indicator = e.indicator
    join plumbline.area a on a.area_code = e.area_code and a.valid_to = 'infinity'
    left join plumbline.release_row w on w.release_id = number and w.district_code = e.district_code and w.year = e.year
         and w.indicator = e.indicator and w.unit_code = e.area_code and w.period = e.period and w.stratum = e.stratum
    left join lateral plumbline.released_interval(w.numerator_shown, w.denominator_shown, i.design_effect) ci on i.protected
   where e.period = any (r.periods) and (not i.protected and e.stratum = 'all' or w.release_id is not null);

  if r.grain = 'school' then
    insert into published.school_estimate
    select w.district_code, w.year, number, w.indicator, w.unit_code, coalesce(s.name, ''), w.period, w.numerator_shown, w.denominator_shown,
           case when w.numerator_shown is not null then least(100, 100.0 * w.numerator_shown / w.denominator_shown) end,
           w.numerator_shown is null, w.provisional
      from plumbline.release_row w
      left join lateral (select g.name from plumbline.register_rows() g
                          where g.school_code = w.unit_code and g.valid_from <= plumbline.period_end(w.period)
                          order by g.valid_from desc limit 1) s on true
     where w.release_id = number and w.parent_code = w.district_code;
  end if;

  insert into published.dictionary
  select number, c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
         split_part(col_description(c.oid, a.attnum), ' | ', 1), split_part(col_description(c.oid, a.attnum), ' | ', 2)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   where c.relnamespace = 'published'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition;
end $$;
comment on function plumbline.fill_release(bigint) is '写入一次发布的各表 | fills the tables of a release';
