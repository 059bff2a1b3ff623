-- 0002: the catalogue as init loaded it. Rows of one file keep their order in position.

create table plumbline.catalogue_file (
  file_name text not null,
  sha256 text not null,
  content text not null,
  known_from timestamptz not null,
  constraint catalogue_file_pk primary key (file_name)
);
select plumbline.describe('plumbline.catalogue_file', '目录文件原文 | the catalogue''s files as loaded by init',
  'file_name', '文件名 | base name of the file',
  'sha256', '内容的 SHA-256 | SHA-256 of the content, hexadecimal',
  'content', '全文，UTF-8 | the whole text, UTF-8',
  'known_from', '入库时刻 | when it was loaded');

create table plumbline.area (
  area_code text not null,
  valid_from date not null,
  valid_to date not null default 'infinity',
  parent_code text,
  level text not null,
  name text not null,
  name_en text not null,
  successor_code text,
  position integer not null,
  known_from timestamptz not null,
  constraint area_pk primary key (area_code, valid_from),
  constraint area_level_ck check (level in ('city', 'district')),
  constraint area_validity_ck check (valid_from < valid_to)
);
select plumbline.describe('plumbline.area', '行政区划及其沿革 | areas: each row is one version of a node of the administrative tree',
  'area_code', '行政区划代码（GB/T 2260） | code of the area (GB/T 2260)',
  'valid_from', '启用日期 | first day on which this version is valid',
  'valid_to', '停用日期（不含）；infinity 表示仍有效 | day from which it is no longer valid; infinity while it is',
  'parent_code', '上级代码 | code of the area above; null at the top',
  'level', '级别：city 市，district 区县 | level: city or district',
  'name', '名称 | name in Chinese',
  'name_en', '英文名称 | name in English',
  'successor_code', '承接其数据系列的代码 | code that continues this area''s series; null when it continues itself',
  'position', '目录中的次序 | order in the catalogue',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.feed (
  feed text not null,
  grain text not null,
  view_name text not null,
  name text not null,
  name_en text not null,
  frequency text not null,
  due_days integer not null,
  stages text not null,
  complete boolean not null,
  reject_limit_pct double precision not null,
  position integer not null,
  known_from timestamptz not null,
  constraint feed_pk primary key (feed),
  constraint feed_grain_ck check (grain in ('register', 'school', 'area')),
  constraint feed_frequency_ck check (frequency in ('any', 'month', 'term', 'year')),
  constraint feed_due_days_ck check (due_days >= 0),
  constraint feed_reject_limit_pct_ck check (reject_limit_pct between 0 and 100)
);
select plumbline.describe('plumbline.feed', '填报表种类 | feeds: kinds of export that are read',
  'feed', '填报表代号 | name of the feed',
  'grain', '粒度：register 学校名录，school 学校，area 地区 | what a row is about: the register itself, a school, or an area',
  'view_name', 'monitor 中的视图名 | name of its view in schema monitor',
  'name', '名称 | name in Chinese',
  'name_en', '英文名称 | name in English',
  'frequency', '填报频率：any 不定期，month 月，term 学期，year 年 | how often it is due: any, month, term, year',
  'due_days', '时期结束后的填报期限（天） | days after a period''s end until its data are expected (days)',
  'stages', '填报的学段，分号分隔；空为全部 | stages whose schools report, separated by semicolons; empty: all',
  'complete', '一份文件是否即为该范围的全部 | whether a file holds everything of its scope, so that rows missing from it are retired',
  'reject_limit_pct', '整份退回的退行比例上限（%） | share of rejected rows above which the file is refused (percent)',
  'position', '目录中的次序 | order in the catalogue',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.feed_column (
  feed text not null,
  column_name text not null,
  position integer not null,
  type text not null,
  key boolean not null,
  required boolean not null,
  name text not null,
  name_en text not null,
  unit text not null,
  known_from timestamptz not null,
  constraint feed_column_pk primary key (feed, column_name),
  constraint feed_column_feed_fk foreign key (feed) references plumbline.feed deferrable initially deferred,
  constraint feed_column_type_ck
    check (type in ('code', 'text', 'area', 'school', 'period', 'grade', 'sex', 'count', 'number', 'boolean', 'date', 'enum'))
);
select plumbline.describe('plumbline.feed_column', '填报表的列 | columns of the feeds',
  'feed', '填报表代号 | name of the feed',
  'column_name', '列名 | canonical header and SQL name',
  'position', '列次 | order within the feed',
  'type', '类型 | type of the values: code, text, area, school, period, grade, sex, count, number, boolean, date, enum',
  'key', '是否主键列 | whether it is part of the row''s key',
  'required', '是否必填 | whether the header must have it and no cell may be empty',
  'name', '名称 | name in Chinese',
  'name_en', '英文名称 | name in English',
  'unit', '单位 | unit of the values; empty when they have none',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.rule (
  rule text not null,
  level text not null,
  severity text not null,
  text_zh text not null,
  text_en text not null,
  advice_zh text not null,
  advice_en text not null,
  position integer not null,
  known_from timestamptz not null,
  constraint rule_pk primary key (rule),
  constraint rule_level_ck check (level in ('template', 'cell', 'row', 'file', 'register')),
  constraint rule_severity_ck check (severity in ('refuse', 'confirm'))
);
select plumbline.describe('plumbline.rule', '校验规则 | rules that exports are checked against',
  'rule', '规则代码 | code of the rule',
  'level', '校验层次 | what it looks at: template, cell, row, file, register',
  'severity', '级别：refuse 退回，confirm 待确认 | refuse: the row stays out; confirm: it enters as provisional',
  'text_zh', '中文说明 | what is wrong, in Chinese',
  'text_en', '英文说明 | what is wrong, in English',
  'advice_zh', '中文建议 | what to do, in Chinese',
  'advice_en', '英文建议 | what to do, in English',
  'position', '目录中的次序 | order in the catalogue',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.indicator (
  indicator text not null,
  feed text not null,
  kind text not null,
  good text not null,
  numerator text not null,
  denominator text not null,
  filter text not null,
  strata text not null,
  stages text not null,
  unit text not null,
  name text not null,
  name_en text not null,
  definition text not null,
  definition_en text not null,
  position integer not null,
  known_from timestamptz not null,
  constraint indicator_pk primary key (indicator),
  constraint indicator_feed_fk foreign key (feed) references plumbline.feed deferrable initially deferred,
  constraint indicator_kind_ck check (kind in ('sample', 'census', 'total')),
  constraint indicator_good_ck check (good in ('up', 'down')),
  constraint indicator_strata_ck check (strata in ('none', 'grade', 'grade_sex'))
);
select plumbline.describe('plumbline.indicator', '指标 | indicators: numerator over denominator of a feed',
  'indicator', '指标代号 | name of the indicator',
  'feed', '数据来源 | feed that it is computed from',
  'kind', '类型：sample 抽样率，census 全数比例，total 合计 | sample: a rate with its interval; census: an exact share; total: a sum of counts',
  'good', '好的方向：up 升，down 降 | direction that is good: up or down',
  'numerator', '分子（SQL） | numerator, SQL over f (the feed''s row) and s (the school)',
  'denominator', '分母（SQL）；合计为空 | denominator, SQL; empty for totals',
  'filter', '筛选条件（SQL） | condition, SQL; empty when all rows count',
  'strata', '分层：none 无，grade 年级，grade_sex 年级与性别 | strata: none, grade, grade_sex',
  'stages', '纳入的学段，分号分隔；空为全部 | stages that enter, separated by semicolons; empty: all',
  'unit', '单位 | unit of the value',
  'name', '名称 | name in Chinese',
  'name_en', '英文名称 | name in English',
  'definition', '定义 | definition in Chinese',
  'definition_en', '英文定义 | definition in English',
  'position', '目录中的次序 | order in the catalogue',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.plan (
  plan text not null,
  name text not null,
  name_en text not null,
  starts date not null,
  deadline date not null,
  source text not null,
  position integer not null,
  known_from timestamptz not null,
  constraint plan_pk primary key (plan),
  constraint plan_dates_ck check (starts < deadline)
);
select plumbline.describe('plumbline.plan', '规划 | plans',
  'plan', '规划代号 | name of the plan',
  'name', '名称 | name in Chinese',
  'name_en', '英文名称 | name in English',
  'starts', '开始日期 | first day',
  'deadline', '截止日期 | last day',
  'source', '出处 | where the plan was published',
  'position', '目录中的次序 | order in the catalogue',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.target (
  plan text not null,
  target text not null,
  item text not null,
  position integer not null,
  headline boolean not null,
  indicator text not null,
  kind text not null,
  value double precision not null,
  unit text not null,
  good text not null,
  scope text not null,
  areas text not null,
  baseline_value double precision,
  baseline_period text,
  growth_from text,
  deadline date not null,
  deadline_period text,
  increment_basis text not null,
  name text not null,
  name_en text not null,
  short_name text not null,
  note text not null,
  note_en text not null,
  known_from timestamptz not null,
  constraint target_pk primary key (plan, target),
  constraint target_plan_fk foreign key (plan) references plumbline.plan deferrable initially deferred,
  constraint target_indicator_fk foreign key (indicator) references plumbline.indicator deferrable initially deferred,
  constraint target_kind_ck check (kind in ('level', 'floor', 'change', 'growth_cut', 'count')),
  constraint target_good_ck check (good in ('up', 'down')),
  constraint target_scope_ck check (scope in ('city', 'city_district', 'named')),
  constraint target_basis_ck check (increment_basis in ('', 'arithmetic', 'geometric')),
  constraint target_finite_ck check (plumbline.finite(value) and plumbline.finite(baseline_value))
);
select plumbline.describe('plumbline.target', '规划目标 | targets: single numbers of a plan',
  'plan', '规划代号 | name of the plan',
  'target', '目标代号 | name of the target',
  'item', '规划条目 | item of the plan in which it stands',
  'position', '目录中的次序 | order in the catalogue',
  'headline', '是否重点目标 | whether it is shown first',
  'indicator', '所用指标 | indicator that it is measured by',
  'kind', '类型：level 达到，floor 不低于，change 变化，growth_cut 增幅下降，count 数量 | kind: level, floor, change, growth_cut, count',
  'value', '目标值，单位见 unit | the number that is aimed at, in the unit of column unit',
  'unit', '目标值的单位 | unit of value',
  'good', '好的方向：up 升，down 降 | direction that is good: up or down',
  'scope', '范围：city 市，city_district 市与各区县，named 指定区县 | who is judged: the city, the city and every district, or named districts',
  'areas', '指定的区县代码，分号分隔 | codes of the named areas, separated by semicolons',
  'baseline_value', '基线值，单位同指标 | baseline in the indicator''s unit; null when taken from data',
  'baseline_period', '基线时期 | period of the baseline',
  'growth_from', '基线增幅的起始时期 | period at which the baseline''s growth starts',
  'deadline', '截止日期 | day by which it is due',
  'deadline_period', '评定所用的时期 | period whose data decide; null for counts',
  'increment_basis', '增幅口径：arithmetic 百分点，geometric 相对 | how growth is measured: arithmetic (points) or geometric (relative); empty when it does not apply',
  'name', '名称 | name in Chinese',
  'name_en', '英文名称 | name in English',
  'short_name', '表头简称 | short name for table heads',
  'note', '备注 | note in Chinese',
  'note_en', '英文备注 | note in English',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.threshold (
  name text not null,
  value double precision not null,
  unit text not null,
  note text not null,
  note_en text not null,
  position integer not null,
  known_from timestamptz not null,
  constraint threshold_pk primary key (name),
  constraint threshold_finite_ck check (plumbline.finite(value))
);
select plumbline.describe('plumbline.threshold', '判定用阈值 | thresholds that verdicts and checks use',
  'name', '阈值名 | name of the threshold',
  'value', '数值，单位见 unit | value, in the unit of column unit',
  'unit', '单位 | unit of the value',
  'note', '说明 | what it decides, in Chinese',
  'note_en', '英文说明 | what it decides, in English',
  'position', '目录中的次序 | order in the catalogue',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.recipient (
  recipient text not null,
  name text not null,
  address text not null,
  role text not null,
  area_code text not null,
  language text not null,
  position integer not null,
  known_from timestamptz not null,
  constraint recipient_pk primary key (recipient),
  constraint recipient_role_ck check (role in ('city', 'district')),
  constraint recipient_language_ck check (language in ('zh', 'en'))
);
select plumbline.describe('plumbline.recipient', '邮件收件人 | recipients of mail',
  'recipient', '收件人代号 | name of the recipient',
  'name', '姓名或部门 | person or office',
  'address', '电子邮件地址 | mail address',
  'role', '角色：city 市级，district 区县级 | role: city or district',
  'area_code', '负责的地区 | code of the area that the recipient answers for',
  'language', '语言：zh，en | language of the mail: zh or en',
  'position', '目录中的次序 | order in the catalogue',
  'known_from', '入库时刻 | when this row became known');

create table plumbline.text (
  key text not null,
  zh text not null,
  en text not null,
  known_from timestamptz not null,
  constraint text_pk primary key (key)
);
select plumbline.describe('plumbline.text', '页面、邮件与说明所用的文字 | words and sentences of page, mail and comments',
  'key', '键 | key',
  'zh', '中文 | in Chinese',
  'en', '英文 | in English',
  'known_from', '入库时刻 | when this row became known');

do $$
declare
  t text;
begin
  foreach t in array array['catalogue_file', 'area', 'feed', 'feed_column', 'rule', 'indicator', 'plan', 'target', 'threshold',
                           'recipient', 'text'] loop
    perform plumbline.keep_history(('plumbline.' || t)::regclass);
  end loop;
end $$;

-- current_area(): the code under which an area's series runs today (210122 becomes 210115); null when unknown. Of a code's
-- versions the last one says what follows it.
create function plumbline.current_area(code text) returns text
language sql stable strict set search_path = pg_catalog as $$
  with recursive latest as (
    select distinct on (area_code) area_code, nullif(successor_code, area_code) as successor_code
      from plumbline.area order by area_code, valid_from desc
  ), chain(area_code, successor_code, depth) as (
    select area_code, successor_code, 1 from latest where area_code = code
    union all
    select l.area_code, l.successor_code, depth + 1 from chain c join latest l on l.area_code = c.successor_code where depth < 20
  )
  select area_code from chain where successor_code is null
$$;
comment on function plumbline.current_area(text) is
  '某代码的数据系列现用的代码 | code under which an area''s series runs today; null when unknown';
