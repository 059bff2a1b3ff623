-- 0001: schemas, roles, time, and tables that keep what was.
-- Four schemas: plumbline (the program's own tables), feed (one typed table a feed, made from the catalogue), indicator
-- (one view an indicator, made from the catalogue), monitor (the statisticians' surface).

-- Roles are the cluster's: another database may have made them already, or be making them now.
do $$
declare
  r text;
begin
  foreach r in array array['plumbline_owner', 'plumbline_etl', 'plumbline_statistician', 'plumbline_district', 'plumbline_public'] loop
    begin
      if not exists (select from pg_roles where rolname = r) then
        execute format('create role %I nologin', r);
      end if;
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
  if not pg_has_role('plumbline_owner', 'member') then
    grant plumbline_owner to current_user;
  end if;
  execute format('revoke connect, temporary on database %I from public', current_database());
  execute format('grant create, connect, temporary on database %I to plumbline_owner', current_database());
  execute format('grant connect on database %I to plumbline_etl, plumbline_statistician, plumbline_district, plumbline_public', current_database());
  execute format('grant temporary on database %I to plumbline_etl, plumbline_statistician', current_database());
  if to_regnamespace('public') is not null then
    revoke all on schema public from public;
  end if;
end $$;

-- Everything belongs to plumbline_owner, whoever runs init.
create schema if not exists plumbline;
alter schema plumbline owner to plumbline_owner;
alter table if exists plumbline.migration owner to plumbline_owner;
set local role plumbline_owner;
create schema feed;
create schema indicator;
create schema monitor;

comment on schema plumbline is '程序内部表 | the program''s own tables: catalogue, ledger, results';
comment on schema feed is '各类填报数据的当前值与历史 | current rows and history of each feed';
comment on schema indicator is '指标的校级分子与分母 | school-level numerators and denominators of each indicator';
comment on schema monitor is '统计人员查询用视图 | the statisticians'' surface: stable views';

-- What PUBLIC may do by default goes first, so that nothing made below is open for a moment; 0007 says who may do what.
alter default privileges revoke execute on functions from public;

-- ---------------------------------------------------------------------------------------------------------------
-- Comments: Chinese | English, on the relation and on each column named in the pairs.

create function plumbline.describe(target regclass, about text, variadic pairs text[] default '{}') returns void
language plpgsql set search_path = pg_catalog as $$
begin
  execute format('comment on %s %s is %L',
                 case (select relkind from pg_class where oid = target) when 'v' then 'view' else 'table' end, target, about);
  for i in 1 .. cardinality(pairs) by 2 loop
    execute format('comment on column %s.%I is %L', target, pairs[i], pairs[i + 1]);
  end loop;
end $$;
comment on function plumbline.describe(regclass, text, text[]) is
  '写入表或视图及其各列的说明 | writes the comments of a relation and of its columns, given as name, text, name, text …';

-- A view's column means what the column of the same name means in the table that it reads, unless it says otherwise.
create function plumbline.describe_like(target regclass, source regclass) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  c record;
begin
  for c in select t.attname, col_description(source, s.attnum) as about
             from pg_attribute t join pg_attribute s on s.attrelid = source and s.attname = t.attname
            where t.attrelid = target and t.attnum > 0 and not t.attisdropped and not s.attisdropped
              and col_description(target, t.attnum) is null and col_description(source, s.attnum) is not null loop
    execute format('comment on column %s.%I is %L', target, c.attname, c.about);
  end loop;
end $$;
comment on function plumbline.describe_like(regclass, regclass) is
  '为尚无说明的列沿用来源表同名列的说明 | gives columns without a comment the comment of the source''s column of that name';

do $$
begin
  if to_regclass('plumbline.migration') is not null then
    perform plumbline.describe('plumbline.migration', '已应用的迁移 | migrations that were applied',
      'file_name', '文件名 | name of the file',
      'sha256', '内容的 SHA-256 | SHA-256 of its text, hexadecimal',
      'applied_at', '应用时刻 | when it was applied');
  end if;
end $$;

-- ---------------------------------------------------------------------------------------------------------------
-- The files of sql/views as they were last applied: an unchanged one is left alone, so that nobody who reads it waits.

create table plumbline.view_file (
  file_name text not null,
  sha256 text not null,
  applied_at timestamptz not null default now(),
  constraint view_file_pk primary key (file_name)
);
select plumbline.describe('plumbline.view_file', '已应用的视图文件 | files of views that were applied',
  'file_name', '文件名 | name of the file',
  'sha256', '内容的 SHA-256 | SHA-256 of its text, hexadecimal',
  'applied_at', '应用时刻 | when it was applied');

-- ---------------------------------------------------------------------------------------------------------------
-- Time. clock() is when something becomes known; seen_at() is what the session wants to see.

-- The transaction's moment, so that whatever commits together becomes known together and as_of() never shows half of it.
create function plumbline.clock() returns timestamptz
language sql stable set search_path = pg_catalog as $$
  select case
    when coalesce(current_setting('plumbline.today', true), '') = '' then now()
    else (current_setting('plumbline.today', true)::date + now()::time)::timestamptz
  end
$$;
comment on function plumbline.clock() is
  '本事务的时刻；设定 plumbline.today 时以该日期代替 | the transaction''s moment, on the date given by plumbline.today if any';

create function plumbline.today() returns date
language sql stable set search_path = pg_catalog as $$ select plumbline.clock()::date $$;
comment on function plumbline.today() is '当日 | the date of plumbline.clock()';

-- The latest finite timestamp stands for "now": a --today ahead of the server's clock must not hide current rows.
create function plumbline.seen_at() returns timestamptz
language sql stable set search_path = pg_catalog as $$
  select coalesce(nullif(current_setting('plumbline.as_of', true), '')::timestamptz, '294276-12-31 00:00:00+00'::timestamptz)
$$;
comment on function plumbline.seen_at() is '本会话所见的时刻 | the moment whose knowledge this session sees';

create function monitor.as_of(moment timestamptz) returns timestamptz
language sql set search_path = pg_catalog as $$
  select nullif(set_config('plumbline.as_of', coalesce(moment::text, ''), false), '')::timestamptz
$$;
comment on function monitor.as_of(timestamptz) is
  '令本会话的所有视图显示该时刻所知的内容；传入 null 恢复为当前 | makes every view of this session answer as at that moment; null returns to the present';

-- A period's days: 2022, 2022-03, 2022-03-15, 2022-spring (February to July), 2022-autumn (August to December). These run
-- once for each row of a feed: their bodies are parsed here and are single immutable expressions, so that the server
-- inlines them; a SET clause, STRICT or a cast from text to date would stop that.
create function plumbline.period_start(period text) returns date
language sql immutable parallel safe
return case
  when period like '%-spring' then make_date(left(period, 4)::int, 2, 1)
  when period like '%-autumn' then make_date(left(period, 4)::int, 8, 1)
  when length(period) = 4 then make_date(period::int, 1, 1)
  when length(period) = 7 then make_date(left(period, 4)::int, right(period, 2)::int, 1)
  else make_date(left(period, 4)::int, substr(period, 6, 2)::int, substr(period, 9)::int)
end;
comment on function plumbline.period_start(text) is '时期首日 | first day of a period';
create function plumbline.period_end(period text) returns date
language sql immutable parallel safe
return case
  when period like '%-spring' then make_date(left(period, 4)::int, 7, 31)
  when period like '%-autumn' then make_date(left(period, 4)::int, 12, 31)
  when length(period) = 4 then make_date(period::int, 12, 31)
  when length(period) = 7 then (make_date(left(period, 4)::int, right(period, 2)::int, 1) + interval '1 month')::date - 1
  else make_date(left(period, 4)::int, substr(period, 6, 2)::int, substr(period, 9)::int)
end;
comment on function plumbline.period_end(text) is
  '时期末日；秋季学期按当年12月31日计 | last day of a period; the autumn term counts to 31 December, so that it belongs to its plan year';

-- PostgreSQL holds NaN equal to NaN and above all numbers: results are checked with this.
create function plumbline.finite(x double precision) returns boolean
language sql immutable parallel safe
return x > '-Infinity' and x < 'Infinity';
comment on function plumbline.finite(double precision) is '有限数 | neither NaN nor infinite; null when unknown';

-- ---------------------------------------------------------------------------------------------------------------
-- History: a table keeps what is current, <table>_history what was, <table>_seen shows either through seen_at().

create function plumbline.key_columns(target regclass) returns text[]
language sql stable set search_path = pg_catalog as $$
  select array_agg(a.attname::text order by k.ordinality)
    from pg_index i, unnest(i.indkey::int2[]) with ordinality k(attnum, ordinality), pg_attribute a
   where i.indrelid = target and i.indisprimary and a.attrelid = target and a.attnum = k.attnum
$$;
comment on function plumbline.key_columns(regclass) is '主键各列 | columns of the primary key, in order';

create function plumbline.columns(target regclass) returns text[]
language sql stable set search_path = pg_catalog as $$
  select array_agg(attname::text order by attnum) from pg_attribute where attrelid = target and attnum > 0 and not attisdropped
$$;
comment on function plumbline.columns(regclass) is '各列 | columns, in order';

-- Columns that say when and whence rather than what: a row that differs in these alone has not changed.
create function plumbline.value_columns(target regclass) returns text[]
language sql stable set search_path = pg_catalog as $$
  select coalesce(array_agg(c order by n), '{}')
    from unnest(plumbline.columns(target)) with ordinality u(c, n)
   where c <> all (plumbline.key_columns(target)) and c not in ('known_from', 'batch_id', 'line_no', 'run_id')
$$;
comment on function plumbline.value_columns(regclass) is '内容列 | columns whose change makes a new version of the row';

create function plumbline.history_of(target regclass) returns text
language sql stable set search_path = pg_catalog as $$
  select format('%I.%I', n.nspname, c.relname || '_history')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target
$$;
comment on function plumbline.history_of(regclass) is '历史表名 | name of the history of a table';

-- Replaces a view only when its text differs: an unchanged one must not wait for those who read it. A view whose columns
-- changed is made anew, which the server refuses while something else stands on it.
create function plumbline.put_view(schema_name text, view_name text, body text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  present regclass := to_regclass(format('%I.%I', schema_name, view_name));
  same boolean := false;
begin
  if present is not null then
    execute format('create temp view plumbline_wanted as %s', body);
    same := pg_get_viewdef(present) = pg_get_viewdef('pg_temp.plumbline_wanted'::regclass)
      and plumbline.columns(present) = plumbline.columns('pg_temp.plumbline_wanted');
    drop view pg_temp.plumbline_wanted;
  end if;
  if same then
    return;
  end if;
  begin
    execute format('create or replace view %I.%I as %s', schema_name, view_name, body);
  exception when invalid_table_definition then
    execute format('drop view %I.%I', schema_name, view_name);
    execute format('create view %I.%I as %s', schema_name, view_name, body);
  end;
end $$;
comment on function plumbline.put_view(text, text, text) is '建立或更新视图；内容不变时不动 | makes or replaces a view; leaves an equal one alone';

-- seen_at() stands in a scalar subquery, which is evaluated once and not for each row.
create function plumbline.make_seen(target regclass) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  schema_name text;
  table_name text;
  cols text := (select string_agg(quote_ident(c), ', ') from unnest(plumbline.columns(target)) c);
begin
  select n.nspname, c.relname into schema_name, table_name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target;
  perform plumbline.put_view(schema_name, table_name || '_seen', format(
    'select %1$s from %2$s where known_from <= (select plumbline.seen_at())
     union all
     select %1$s from %3$s where known_from <= (select plumbline.seen_at()) and known_to > (select plumbline.seen_at())',
    cols, target, plumbline.history_of(target)));
  perform plumbline.describe(format('%I.%I', schema_name, table_name || '_seen')::regclass,
                             format('%1$s 在本会话所见时刻的内容 | rows of %1$s as known at the moment that the session sees', table_name));
  perform plumbline.describe_like(format('%I.%I', schema_name, table_name || '_seen')::regclass, target);
end $$;
comment on function plumbline.make_seen(regclass) is
  '建立 <表>_seen 视图 | makes the view <table>_seen, which shows the table as known at seen_at()';

-- The history is partitioned like its table, so that a year of either can live on its own.
create function plumbline.keep_history(target regclass) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  table_name text := (select relname from pg_class where oid = target);
  partitioned boolean := (select relkind = 'p' from pg_class where oid = target);
begin
  execute format('create table %s (like %s including comments, known_to timestamptz not null, constraint %I primary key (%s, known_to)) %s',
                 plumbline.history_of(target), target, table_name || '_history_pk',
                 (select string_agg(quote_ident(k), ', ') from unnest(plumbline.key_columns(target)) k),
                 case when partitioned then 'partition by list (year)' else '' end);
  perform plumbline.describe(plumbline.history_of(target)::regclass,
    format('%1$s 的旧版本，每行自 known_from 至 known_to 有效 | superseded rows of %1$s, each valid from known_from until known_to', table_name),
    'known_to', '失效时刻 | when the row was superseded or retired');
  perform plumbline.make_seen(target);
end $$;
comment on function plumbline.keep_history(regclass) is
  '为表建立历史表与 _seen 视图 | gives a table its history and its view as of any moment';

-- ensure_year(): the partitions of a growing table and of its history for a year; called before rows of that year are
-- written. Attached afterwards rather than created in place: that does not wait for readers of the table.
create function plumbline.ensure_year(target regclass, year integer) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  parent regclass;
  part text;
begin
  foreach parent in array array[target, to_regclass(plumbline.history_of(target))] loop
    select format('%I.%I', n.nspname, c.relname || '_' || year) into part
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = parent and c.relkind = 'p';
    if found and to_regclass(part) is null then
      execute format('create table %s (like %s including comments including constraints including indexes)', part, parent);
      execute format('alter table %s attach partition %s for values in (%s)', parent, part, year);
      execute format('comment on table %s is %L', part, format('%1$s 的 %2$s 年分区 | rows of %1$s in %2$s', parent, year));
    end if;
  end loop;
end $$;
comment on function plumbline.ensure_year(regclass, integer) is
  '建立某年的分区 | makes the partitions of a year for a table and its history; harmless to repeat';

-- stage(): an empty temporary table stage_<name> like the target, its primary key included, gone at commit.
create function plumbline.stage(target regclass) returns text
language plpgsql set search_path = pg_catalog as $$
declare
  name text := 'stage_' || (select relname from pg_class where oid = target);
begin
  execute format('drop table if exists pg_temp.%I', name);
  execute format('create temp table %I (like %s including indexes) on commit drop', name, target);
  execute format('alter table pg_temp.%I alter column known_from drop not null', name);
  return 'pg_temp.' || quote_ident(name);
end $$;
comment on function plumbline.stage(regclass) is
  '建立临时的待并入表 | makes an empty temporary table stage_<name> for merge()';

-- merge(): brings the stage into the target. Equal rows stay untouched, rows that differ are superseded, new rows are added;
-- with complete, rows missing from the stage are retired (those that satisfy scope, an SQL condition on t). A row that
-- became known in this same transaction was never seen by anyone and leaves no history.
create function plumbline.merge(target regclass, stage regclass, complete boolean default false, scope text default 'true',
                                out added bigint, out changed bigint, out retired bigint)
language plpgsql set search_path = pg_catalog as $$
declare
  history text := plumbline.history_of(target);
  keys text[] := plumbline.key_columns(target);
  cols text[] := array_remove(plumbline.columns(target), 'known_from');
  col_list text := (select string_agg(quote_ident(c), ', ') from unnest(cols) c);
  t_list text := (select string_agg(format('t.%I', c), ', ') from unnest(cols) c);
  on_keys text := (select string_agg(format('t.%1$I = s.%1$I', k), ' and ') from unnest(keys) k);
  differs text := coalesce((select string_agg(format('t.%1$I is distinct from s.%1$I', v), ' or ')
                              from unnest(plumbline.value_columns(target)) v), 'false');
  moment timestamptz := plumbline.clock();
  years text;
  on_years text := 'true';
begin
  execute format('analyze %s', stage);
  if (select relkind = 'p' from pg_class where oid = target) then
    execute format('select array_agg(distinct year)::text from %s', stage) into years;
    on_years := format('t.year = any (%L)', coalesce(years, '{}'));
  end if;

  execute format('insert into %s (%s, known_from, known_to) select %s, t.known_from, $1 from %s t join %s s on %s
                   where %s and (%s) and t.known_from <> $1',
                 history, col_list, t_list, target, stage, on_keys, on_years, differs) using moment;
  execute format('update %s t set %s from %s s where %s and %s and (%s)', target,
                 concat_ws(', ', (select string_agg(format('%1$I = s.%1$I', c), ', ') from unnest(cols) c where c <> all (keys)),
                           'known_from = $1'),
                 stage, on_keys, on_years, differs) using moment;
  get diagnostics changed = row_count;

  retired := 0;
  if complete then
    execute format('with gone as (delete from %s t where (%s) and not exists (select from %s s where %s) returning %s, t.known_from),
                         kept as (insert into %s (%s, known_from, known_to) select gone.*, $1 from gone where known_from <> $1)
                    select count(*) from gone',
                   target, scope, stage, on_keys, t_list, history, col_list) into retired using moment;
  end if;

  execute format('insert into %s (%s, known_from) select %s, $1 from %s s where not exists (select from %s t where %s and %s)',
                 target, col_list, (select string_agg(format('s.%I', c), ', ') from unnest(cols) c), stage, target, on_keys, on_years)
    using moment;
  get diagnostics added = row_count;
end $$;
comment on function plumbline.merge(regclass, regclass, boolean, text) is
  '将待并入表并入目标表并保留旧版本 | supersedes rows of a table by a stage, keeping what was';
