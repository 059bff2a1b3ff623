-- 0001: schemas, roles, history, catalogue, ledger, results.
-- Four schemas: plumbline (the program's own tables), feed (one typed table a feed, made from the catalogue), indicator
-- (one view an indicator, made from the catalogue), monitor (the statisticians' surface).

create schema if not exists plumbline;
create schema feed;
create schema indicator;
create schema monitor;

comment on schema plumbline is '程序内部表 | the program''s own tables: catalogue, ledger, results';
comment on schema feed is '各类填报数据的当前值与历史 | current rows and history of each feed';
comment on schema indicator is '指标的校级分子与分母 | school-level numerators and denominators of each indicator';
comment on schema monitor is '统计人员查询用视图 | the statisticians'' surface: stable views';

-- Roles are the cluster's, so another database may have made them already.
do $$
declare
  r text;
begin
  foreach r in array array['plumbline_owner', 'plumbline_etl', 'plumbline_statistician', 'plumbline_district', 'plumbline_public'] loop
    if not exists (select from pg_roles where rolname = r) then
      execute format('create role %I nologin', r);
    end if;
  end loop;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- Time. clock() is when something became known; seen_at() is what the session wants to see.

create function plumbline.clock() returns timestamptz
language sql stable set search_path = pg_catalog as $$
  select case
    when coalesce(current_setting('plumbline.today', true), '') = '' then clock_timestamp()
    else current_setting('plumbline.today', true)::date + clock_timestamp()::time
  end::timestamptz
$$;
comment on function plumbline.clock() is '当前时刻;设定 plumbline.today 时以该日期代替 | now, on the date given by plumbline.today if any';

create function plumbline.today() returns date
language sql stable set search_path = pg_catalog as $$ select plumbline.clock()::date $$;

-- The latest finite timestamp stands for "now": current rows have known_to = infinity, and a --today ahead of the
-- server's clock must not hide them.
create function plumbline.seen_at() returns timestamptz
language sql stable set search_path = pg_catalog as $$
  select coalesce(nullif(current_setting('plumbline.as_of', true), '')::timestamptz, '294276-12-31 00:00:00+00'::timestamptz)
$$;

create function monitor.as_of(moment timestamptz) returns timestamptz
language sql set search_path = pg_catalog as $$
  select nullif(set_config('plumbline.as_of', coalesce(moment::text, ''), false), '')::timestamptz
$$;
comment on function monitor.as_of(timestamptz) is
  '令本会话的所有视图显示该时刻所知的内容;传入 null 恢复为当前 | makes every view of this session answer as at that moment; null returns to the present';

-- A period's days: 2022, 2022-03, 2022-03-15, 2022-spring (February to July), 2022-autumn (August to next January).
create function plumbline.period_start(period text) returns date
language sql immutable strict parallel safe set search_path = pg_catalog as $$
  select case
    when period like '%-spring' then make_date(left(period, 4)::int, 2, 1)
    when period like '%-autumn' then make_date(left(period, 4)::int, 8, 1)
    when length(period) = 4 then make_date(period::int, 1, 1)
    when length(period) = 7 then (period || '-01')::date
    else period::date
  end
$$;
create function plumbline.period_end(period text) returns date
language sql immutable strict parallel safe set search_path = pg_catalog as $$
  select case
    when period like '%-spring' then make_date(left(period, 4)::int, 7, 31)
    when period like '%-autumn' then make_date(left(period, 4)::int, 12, 31)
    when length(period) = 4 then make_date(period::int, 12, 31)
    when length(period) = 7 then ((period || '-01')::date + interval '1 month')::date - 1
    else period::date
  end
$$;
comment on function plumbline.period_end(text) is
  '时期末日;秋季学期按当年12月31日计 | last day of a period; the autumn term counts to 31 December, so that it belongs to its plan year';

-- ---------------------------------------------------------------------------------------------------------------
-- History: a table keeps what is current, <table>_history what was. keep_history() makes the second, merge() moves
-- rows between them, view() shows both through seen_at().

create function plumbline.key_columns(target regclass) returns text[]
language sql stable set search_path = pg_catalog as $$
  select array_agg(a.attname::text order by k.ordinality)
    from pg_index i, unnest(i.indkey::int2[]) with ordinality k(attnum, ordinality), pg_attribute a
   where i.indrelid = target and i.indisprimary and a.attrelid = target and a.attnum = k.attnum
$$;

-- Columns that say when and whence rather than what: a row that differs in these alone has not changed.
create function plumbline.value_columns(target regclass) returns text[]
language sql stable set search_path = pg_catalog as $$
  select coalesce(array_agg(attname::text order by attnum), '{}')
    from pg_attribute
   where attrelid = target and attnum > 0 and not attisdropped
     and attname <> all (plumbline.key_columns(target))
     and attname not in ('known_from', 'batch_id', 'line_no', 'run_id')
$$;

create function plumbline.keep_history(target regclass) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  schema_name text;
  table_name text;
begin
  select n.nspname, c.relname into schema_name, table_name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target;
  execute format('create table %I.%I (like %s, known_to timestamptz not null)', schema_name, table_name || '_history', target);
  execute format('create index %I on %I.%I (%s, known_to)', table_name || '_history_key', schema_name, table_name || '_history',
                 (select string_agg(quote_ident(k), ', ') from unnest(plumbline.key_columns(target)) k));
  execute format('comment on table %I.%I is %L', schema_name, table_name || '_history',
                 'superseded rows of ' || table_name || ', each valid from known_from until known_to');
end $$;

-- merge(): brings the session's temporary table <stage> into <target>. Equal rows stay untouched, rows that differ are
-- superseded, new rows are added; with complete, rows missing from the stage are retired (those that satisfy scope, an
-- SQL condition on t). The stage has the target's columns, or leaves out known_from.
create function plumbline.merge(target regclass, stage regclass, complete boolean default false, scope text default 'true',
                                out added bigint, out changed bigint, out retired bigint)
language plpgsql set search_path = pg_catalog as $$
declare
  history text;
  keys text[] := plumbline.key_columns(target);
  vals text[] := plumbline.value_columns(target);
  cols text[];
  on_keys text;
  differs text;
  moment timestamptz := plumbline.clock();
begin
  select format('%I.%I', n.nspname, c.relname || '_history') into history
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target;
  select string_agg(format('t.%1$I = s.%1$I', k), ' and ') into on_keys from unnest(keys) k;
  select coalesce(string_agg(format('t.%1$I is distinct from s.%1$I', v), ' or '), 'false') into differs from unnest(vals) v;
  select array_agg(attname::text order by attnum) into cols
    from pg_attribute where attrelid = target and attnum > 0 and not attisdropped and attname <> 'known_from';

  execute format('insert into %s (%s, known_from, known_to) select %s, t.known_from, $1 from %s t join %s s on %s where %s',
                 history, (select string_agg(quote_ident(c), ', ') from unnest(cols) c),
                 (select string_agg('t.' || quote_ident(c), ', ') from unnest(cols) c), target, stage, on_keys, differs)
    using moment;
  get diagnostics changed = row_count;
  if changed > 0 then
    execute format('update %s t set %s, known_from = $1 from %s s where %s and (%s)', target,
                   (select string_agg(format('%1$I = s.%1$I', c), ', ') from unnest(cols) c where c <> all (keys)),
                   stage, on_keys, differs)
      using moment;
  end if;

  retired := 0;
  if complete then
    execute format('with gone as (delete from %s t where (%s) and not exists (select from %s s where %s) returning %s, t.known_from)
                    insert into %s (%s, known_from, known_to) select gone.*, $1 from gone',
                   target, scope, stage, on_keys, (select string_agg('t.' || quote_ident(c), ', ') from unnest(cols) c),
                   history, (select string_agg(quote_ident(c), ', ') from unnest(cols) c))
      using moment;
    get diagnostics retired = row_count;
  end if;

  execute format('insert into %s (%s, known_from) select %s, $1 from %s s where not exists (select from %s t where %s)',
                 target, (select string_agg(quote_ident(c), ', ') from unnest(cols) c),
                 (select string_agg('s.' || quote_ident(c), ', ') from unnest(cols) c), stage, target, on_keys)
    using moment;
  get diagnostics added = row_count;
end $$;
comment on function plumbline.merge(regclass, regclass, boolean, text) is
  'supersedes rows of a table by a stage, keeping what was';

-- stage(): an empty temporary table stage_<name> like the target, gone at commit.
create function plumbline.stage(target regclass) returns text
language plpgsql set search_path = pg_catalog as $$
declare
  name text := 'stage_' || (select relname from pg_class where oid = target);
begin
  execute format('drop table if exists pg_temp.%I', name);
  execute format('create temp table %I (like %s) on commit drop', name, target);
  execute format('alter table pg_temp.%I alter column known_from drop not null', name);
  return 'pg_temp.' || quote_ident(name);
end $$;

-- current(): the FROM clause of a monitor view: what was known at seen_at().
create function plumbline.seen(target regclass) returns text
language sql stable set search_path = pg_catalog as $$
  select format('(select %1$s from %2$s where known_from <= plumbline.seen_at()
                  union all select %1$s from %3$I.%4$I where known_from <= plumbline.seen_at() and known_to > plumbline.seen_at())',
                (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
                  where attrelid = target and attnum > 0 and not attisdropped),
                target, n.nspname, c.relname || '_history')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Catalogue, as loaded by init.

create table plumbline.catalogue_file (
  file_name text not null,
  sha256 text not null,
  content text not null,
  known_from timestamptz not null,
  constraint catalogue_file_pk primary key (file_name)
);
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
  constraint feed_frequency_ck check (frequency in ('any', 'month', 'term', 'year'))
);
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
  constraint feed_column_type_ck
    check (type in ('code', 'text', 'area', 'school', 'period', 'grade', 'sex', 'count', 'number', 'boolean', 'date', 'enum'))
);
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
  constraint rule_severity_ck check (severity in ('refuse', 'confirm'))
);
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
  constraint indicator_kind_ck check (kind in ('sample', 'census', 'total')),
  constraint indicator_good_ck check (good in ('up', 'down')),
  constraint indicator_strata_ck check (strata in ('none', 'grade', 'grade_sex'))
);
create table plumbline.plan (
  plan text not null,
  name text not null,
  name_en text not null,
  starts date not null,
  deadline date not null,
  source text not null,
  position integer not null,
  known_from timestamptz not null,
  constraint plan_pk primary key (plan)
);
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
  constraint target_kind_ck check (kind in ('level', 'floor', 'change', 'growth_cut', 'count')),
  constraint target_scope_ck check (scope in ('city', 'city_district', 'named')),
  constraint target_basis_ck check (increment_basis in ('', 'arithmetic', 'geometric'))
);
create table plumbline.threshold (
  name text not null,
  value double precision not null,
  unit text not null,
  note text not null,
  note_en text not null,
  position integer not null,
  known_from timestamptz not null,
  constraint threshold_pk primary key (name)
);
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
  constraint recipient_language_ck check (language in ('zh', 'en'))
);

-- ---------------------------------------------------------------------------------------------------------------
-- Ledger.

create table plumbline.run (
  run_id bigint generated always as identity,
  command text not null,
  today date not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  exit_status integer,
  error text,
  version text not null,
  stages jsonb not null default '[]',
  constraint run_pk primary key (run_id)
);
create table plumbline.batch (
  batch_id bigint generated always as identity,
  run_id bigint,
  sha256 text not null,
  file_name text not null,
  file_bytes bigint not null,
  feed text,
  status text not null,
  reason text,
  encoding text,
  separator text,
  header_line integer,
  period_first text,
  period_last text,
  rows_read bigint not null default 0,
  rows_accepted bigint not null default 0,
  rows_added bigint not null default 0,
  rows_changed bigint not null default 0,
  rows_retired bigint not null default 0,
  rows_rejected bigint not null default 0,
  rows_provisional bigint not null default 0,
  simulated boolean not null default false,
  received_at timestamptz not null,
  constraint batch_pk primary key (batch_id),
  constraint batch_status_ck check (status in ('loaded', 'refused'))
);
create unique index batch_loaded_sha256 on plumbline.batch (sha256) where status = 'loaded';

create table plumbline.reject (
  district_code text not null,
  year smallint not null,
  batch_id bigint not null,
  reject_no integer not null,
  line_no integer not null,
  spreadsheet_row integer not null,
  column_no integer,
  column_name text,
  header text,
  value text,
  rule text not null,
  severity text not null,
  school_code text,
  message text not null,
  message_en text not null,
  constraint reject_pk primary key (district_code, year, batch_id, reject_no),
  constraint reject_batch_fk foreign key (batch_id) references plumbline.batch
) partition by list (year);

-- ---------------------------------------------------------------------------------------------------------------
-- Results. district_code is the area itself for a city or district row, the school's district for a school row.

create table plumbline.estimate (
  district_code text not null,
  year smallint not null,
  indicator text not null,
  area_code text not null,
  period text not null,
  stratum text not null,
  numerator bigint not null,
  denominator bigint,
  value double precision,
  low95 double precision,
  high95 double precision,
  value_std double precision,
  low95_std double precision,
  high95_std double precision,
  schools_reporting integer not null,
  schools_expected integer not null,
  provisional boolean not null,
  run_id bigint,
  known_from timestamptz not null,
  constraint estimate_pk primary key (district_code, year, indicator, area_code, period, stratum),
  constraint estimate_finite_ck check (value <> 'NaN' and low95 <> 'NaN' and high95 <> 'NaN' and value_std <> 'NaN'
    and low95_std <> 'NaN' and high95_std <> 'NaN' and abs(value) < 'Infinity')
) partition by list (year);

create table plumbline.trend (
  district_code text not null,
  year smallint not null,
  indicator text not null,
  area_code text not null,
  as_of date not null,
  period text not null,
  points integer not null,
  slope double precision,
  slope_low95 double precision,
  slope_high95 double precision,
  projected double precision,
  projected_low95 double precision,
  projected_high95 double precision,
  method text not null,
  run_id bigint,
  known_from timestamptz not null,
  constraint trend_pk primary key (district_code, year, indicator, area_code, as_of),
  constraint trend_finite_ck check (slope <> 'NaN' and projected <> 'NaN' and abs(slope) < 'Infinity')
) partition by list (year);

create table plumbline.verdict (
  district_code text not null,
  plan text not null,
  target text not null,
  indicator text not null,
  area_code text not null,
  as_of date,
  period text,
  baseline_value double precision,
  baseline_source text not null,
  value_now double precision,
  low95 double precision,
  high95 double precision,
  numerator bigint,
  denominator bigint,
  path_now double precision,
  target_value double precision,
  deadline date not null,
  deviation double precision,
  deviation_se double precision,
  projected double precision,
  projected_low95 double precision,
  projected_high95 double precision,
  p_value double precision,
  q_value double precision,
  probability_met double precision,
  fires boolean not null,
  complete boolean not null,
  schools_reporting integer,
  schools_expected integer,
  verdict text not null,
  official_class text,
  reason text not null,
  reason_en text not null,
  run_id bigint,
  known_from timestamptz not null,
  constraint verdict_pk primary key (district_code, plan, target, area_code),
  constraint verdict_ck check (verdict in ('met', 'on_track', 'uncertain', 'off_track', 'worsening', 'cannot_tell')),
  constraint verdict_finite_ck check (value_now <> 'NaN' and deviation <> 'NaN' and p_value <> 'NaN' and q_value <> 'NaN'
    and probability_met <> 'NaN')
);

create table plumbline.alert (
  district_code text not null,
  plan text not null,
  target text not null,
  area_code text not null,
  state text not null,
  severity text not null,
  since date not null,
  reason text not null,
  reason_en text not null,
  fingerprint text not null,
  run_id bigint,
  known_from timestamptz not null,
  constraint alert_pk primary key (district_code, plan, target, area_code),
  constraint alert_state_ck check (state in ('pending', 'firing', 'recovering', 'resolved')),
  constraint alert_severity_ck check (severity in ('notice', 'warning', 'critical'))
);
create table plumbline.alert_event (
  district_code text not null,
  event_id bigint generated always as identity,
  plan text not null,
  target text not null,
  area_code text not null,
  at timestamptz not null,
  actor text not null,
  from_state text not null,
  to_state text not null,
  reason text not null,
  reason_en text not null,
  run_id bigint,
  constraint alert_event_pk primary key (district_code, event_id)
);
create table plumbline.outbox (
  outbox_id bigint generated always as identity,
  recipient text not null,
  address text not null,
  message_id text not null,
  subject text not null,
  content bytea not null,
  queued_at timestamptz not null,
  sent_at timestamptz,
  tries integer not null default 0,
  next_try timestamptz,
  last_error text,
  dead boolean not null default false,
  run_id bigint,
  constraint outbox_pk primary key (outbox_id),
  constraint outbox_message_id_uq unique (message_id)
);

-- What measure last saw of each indicator: the same fingerprint means nothing to do.
create table plumbline.measured (
  indicator text not null,
  fingerprint text not null,
  run_id bigint,
  constraint measured_pk primary key (indicator)
);

do $$
declare
  t text;
begin
  foreach t in array array['catalogue_file', 'area', 'feed', 'feed_column', 'rule', 'indicator', 'plan', 'target', 'threshold',
                           'recipient', 'estimate', 'trend', 'verdict', 'alert'] loop
    perform plumbline.keep_history(('plumbline.' || t)::regclass);
  end loop;
end $$;

-- ensure_year(): the partition of a growing table for a year; called before rows of that year are written.
create function plumbline.ensure_year(target regclass, year integer) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  schema_name text;
  table_name text;
begin
  select n.nspname, c.relname into schema_name, table_name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target and c.relkind = 'p';
  if found and to_regclass(format('%I.%I', schema_name, table_name || '_' || year)) is null then
    execute format('create table %I.%I partition of %s for values in (%s)', schema_name, table_name || '_' || year, target, year);
  end if;
end $$;

-- current_area(): the code under which an area's series runs today (210122 becomes 210115); null when unknown.
create function plumbline.current_area(code text) returns text
language sql stable strict set search_path = pg_catalog as $$
  with recursive chain(area_code, successor_code, depth) as (
    select area_code, successor_code, 1 from plumbline.area where area_code = code
    union all
    select a.area_code, a.successor_code, depth + 1 from chain c join plumbline.area a on a.area_code = c.successor_code where depth < 20
  )
  select area_code from chain where successor_code is null or successor_code = area_code limit 1
$$;
