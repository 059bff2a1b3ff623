-- 0005: what the catalogue asks for: a table and a view for each feed, a view for each indicator. Identifiers that come from
-- the catalogue are quoted here and nowhere else.

create function plumbline.sql_type(type text) returns text
language sql immutable
return case type when 'count' then 'bigint' when 'number' then 'double precision' when 'boolean' then 'boolean'
                 when 'date' then 'date' else 'text' end;
comment on function plumbline.sql_type(text) is '目录类型对应的 SQL 类型 | SQL type of a column type of the catalogue';

-- The comment of a column: both names, each with the unit in its language.
create function plumbline.label(name text, name_en text, unit text) returns text
language sql stable set search_path = pg_catalog as $$
  select name || coalesce('（' || nullif(coalesce(t.zh, unit), '') || '）', '')
         || ' | ' || name_en || coalesce(' (' || nullif(coalesce(t.en, unit), '') || ')', '')
    from (values (1)) one left join plumbline.text t on t.key = 'unit.' || unit
$$;
comment on function plumbline.label(text, text, text) is '列说明 | comment of a column: both names, each with its unit';

create function plumbline.feed_table(feed_name text) returns regclass
language sql stable set search_path = pg_catalog as $$ select to_regclass(format('feed.%I', feed_name)) $$;
comment on function plumbline.feed_table(text) is '填报表对应的表；尚无则为空 | table of a feed; null before it is made';

-- What stands against the catalogue in a table that exists: a type or a key cannot change under rows that are there.
create function plumbline.feed_conflict(feed_name text, out column_name text, out what text, out present text, out wanted text)
  returns setof record
language sql stable set search_path = pg_catalog as $$
  with t as (
    select c.oid, c.relkind = 'p' as partitioned, plumbline.key_columns(c.oid) as keys
      from pg_class c where c.oid = plumbline.feed_table(feed_name)
  ), own as (
    select t.oid, t.partitioned, array(select k from unnest(t.keys) k where not t.partitioned or k not in ('district_code', 'year')) as keys
      from t
  )
  select null::text, 'grain', case when partitioned then 'school, area' else 'register' end, f.grain
    from own join plumbline.feed f on f.feed = feed_name where partitioned <> (f.grain <> 'register')
  union all
  select c.column_name, 'type', format_type(a.atttypid, a.atttypmod), plumbline.sql_type(c.type)
    from own join plumbline.feed_column c on c.feed = feed_name
         join pg_attribute a on a.attrelid = own.oid and a.attname = c.column_name and not a.attisdropped
   where format_type(a.atttypid, a.atttypmod) <> plumbline.sql_type(c.type)
  union all
  select c.column_name, 'key', case when c.key then 'no' else 'yes' end, case when c.key then 'yes' else 'no' end
    from own join plumbline.feed_column c on c.feed = feed_name
   where c.key <> (c.column_name = any (own.keys)) and not (own.partitioned and c.column_name = 'district_code')
  union all
  select k, 'missing', 'yes', 'absent'
    from own, unnest(own.keys) k where not exists (select from plumbline.feed_column c where c.feed = feed_name and c.column_name = k)
$$;
comment on function plumbline.feed_conflict(text) is
  '现有表与目录的冲突 | what in a feed''s existing table stands against the catalogue: column, what (grain, type, key, missing), present, wanted';

create function plumbline.describe_feed(feed_name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  f plumbline.feed;
  t regclass := plumbline.feed_table(feed_name);
  relations regclass[] := array[t, to_regclass(plumbline.history_of(t)), plumbline.feed_table(feed_name || '_seen')];
  r regclass;
  housekeeping text[] := array[
    'year', '时期所属年份 | year of the period',
    'batch_id', '批次编号 | batch that brought the row',
    'line_no', '文件行号 | line of the row in its file, from 1',
    'provisional', '是否待确认 | whether the row awaits confirmation',
    'known_from', '入库时刻 | when this row became known'];
  c record;
begin
  select * into f from plumbline.feed where feed = feed_name;
  perform plumbline.describe(t, format('%s | %s', f.name, f.name_en));
  for c in select column_name, plumbline.label(x.name, x.name_en, x.unit) as about from plumbline.feed_column x where x.feed = feed_name
           union all
           select housekeeping[i], housekeeping[i + 1] from generate_series(1, cardinality(housekeeping), 2) i
            where f.grain <> 'register' or housekeeping[i] <> 'year'
           union all
           select 'district_code', '区县代码 | code of the district, as it is today' where f.grain <> 'register'
              and not exists (select from plumbline.feed_column x where x.feed = feed_name and x.column_name = 'district_code') loop
    foreach r in array relations loop
      execute format('comment on column %s.%I is %L', r, c.column_name, c.about);
    end loop;
  end loop;
end $$;
comment on function plumbline.describe_feed(text) is '写入填报表各列的说明 | writes the comments of a feed''s table, history and _seen view';

-- Numbers are finite and counts not negative, whatever a file says.
create function plumbline.column_check(column_name text, type text) returns text
language sql immutable set search_path = pg_catalog as $$
  select case type
    when 'count' then format('constraint %I check (%I >= 0)', column_name || '_ck', column_name)
    when 'number' then format('constraint %I check (plumbline.finite(%I))', column_name || '_ck', column_name)
  end
$$;
comment on function plumbline.column_check(text, text) is '列的约束 | check constraint of a feed''s column; null for most types';

create function plumbline.create_feed(feed_name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  grain text := (select f.grain from plumbline.feed f where f.feed = feed_name);
  cols text;
  keys text;
  checks text;
begin
  select string_agg(format('%I %s %s', column_name, plumbline.sql_type(type), case when key then 'not null' end), ', ' order by position),
         string_agg(quote_ident(column_name), ', ' order by position) filter (where key and (grain = 'register' or column_name <> 'district_code')),
         string_agg(plumbline.column_check(column_name, type), ', ' order by position)
    into cols, keys, checks
    from plumbline.feed_column
   where feed = feed_name and (grain = 'register' or column_name <> 'district_code');
  execute format('create table feed.%I (%s %s, batch_id bigint not null, line_no integer not null, provisional boolean not null,
                                        known_from timestamptz not null, constraint %I primary key (%s %s) %s) %s',
                 feed_name, case when grain <> 'register' then 'district_code text not null, year smallint not null,' end, cols,
                 feed_name || '_pk', case when grain <> 'register' then 'district_code, year,' end, keys, ', ' || checks,
                 case when grain <> 'register' then 'partition by list (year)' end);
  perform plumbline.keep_history(plumbline.feed_table(feed_name));
end $$;
comment on function plumbline.create_feed(text) is '新建填报表及其历史 | makes a feed''s table and history';

-- A column that the catalogue no longer has stays, with what it holds.
create function plumbline.widen_feed(feed_name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  t regclass := plumbline.feed_table(feed_name);
  c plumbline.feed_column;
begin
  for c in select * from plumbline.feed_column x
            where x.feed = feed_name and x.column_name <> all (plumbline.columns(t)) order by x.position loop
    execute format('alter table %s add column %I %s', t, c.column_name, plumbline.sql_type(c.type));
    execute format('alter table %s add column %I %s', plumbline.history_of(t), c.column_name, plumbline.sql_type(c.type));
    if plumbline.column_check(c.column_name, c.type) is not null then
      execute format('alter table %s add %s', t, plumbline.column_check(c.column_name, c.type));
    end if;
  end loop;
  perform plumbline.make_seen(t);
end $$;
comment on function plumbline.widen_feed(text) is '为填报表增加目录中新增的列 | adds the catalogue''s new columns to a feed''s table and history';

-- Versions of the register, each until the next one of the same school begins, whether or not somebody closed it.
create function plumbline.make_register(feed_name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  view_name text := feed_name || '_version';
begin
  perform plumbline.put_view('feed', view_name, format(
    'select %s, coalesce(least(valid_to, lead(valid_from) over (partition by school_code order by valid_from)), ''infinity'') as valid_until
       from %s', (select string_agg(quote_ident(c), ', ') from unnest(plumbline.columns(plumbline.feed_table(feed_name))) c),
    plumbline.feed_table(feed_name)));
  perform plumbline.describe(plumbline.feed_table(view_name), '学校各版本及其有效期 | versions of each school, with the day until which each holds',
    'valid_until', '失效日期（不含）；infinity 表示仍有效 | day from which this version no longer holds: valid_to, or where the next version begins; infinity while it holds');
  perform plumbline.describe_like(plumbline.feed_table(view_name), plumbline.feed_table(feed_name));
end $$;
comment on function plumbline.make_register(text) is '建立学校版本视图 | makes the view <register>_version';

create function plumbline.make_feed(feed_name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  conflict record;
begin
  select * into conflict from plumbline.feed_conflict(feed_name) limit 1;
  if found then
    raise exception 'feed.% has % % of %, the catalogue wants %', feed_name, conflict.what, conflict.present, conflict.column_name, conflict.wanted;
  end if;
  if plumbline.feed_table(feed_name) is null then
    perform plumbline.create_feed(feed_name);
  else
    perform plumbline.widen_feed(feed_name);
  end if;
  perform plumbline.describe_feed(feed_name);
  if (select grain = 'register' from plumbline.feed where feed = feed_name) then
    perform plumbline.make_register(feed_name);
  end if;
end $$;
comment on function plumbline.make_feed(text) is
  '按目录建立或扩充填报表 | makes a feed''s table and history, or adds the catalogue''s new columns; harmless to repeat';

-- The statisticians' view of a feed: its columns, then whence the row came.
create function plumbline.make_feed_view(feed_name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  f plumbline.feed;
  cols text[];
  valid_until text := '';
  view regclass;
begin
  select * into f from plumbline.feed where feed = feed_name;
  cols := array(select column_name from plumbline.feed_column where feed = feed_name order by position);
  if 'district_code' <> all (cols) then
    cols := cols || text 'district_code';
  end if;
  cols := cols || array['batch_id', 'line_no', 'provisional'];
  if f.grain = 'register' then
    valid_until := ', nullif(coalesce(least(valid_to, lead(valid_from) over (partition by school_code order by valid_from)), ''infinity''),
                             ''infinity'') as valid_until';
  else
    cols := cols || text 'year';
  end if;
  cols := cols || text 'known_from';
  perform plumbline.put_view('monitor', f.view_name, format('select %s %s from feed.%I',
    (select string_agg(quote_ident(c), ', ') from unnest(cols) c), valid_until, feed_name || '_seen'));
  view := format('monitor.%I', f.view_name)::regclass;
  perform plumbline.describe(view, format('%s | %s', f.name, f.name_en));
  perform plumbline.describe_like(view, plumbline.feed_table(feed_name));
  if f.grain = 'register' then
    execute format('comment on column %s.valid_until is %L', view,
      '失效日期（不含），空表示仍有效 | day from which this version no longer holds: valid_to, or where the next version begins; null while it holds');
  end if;
end $$;
comment on function plumbline.make_feed_view(text) is '建立填报表的 monitor 视图 | makes the monitor view of a feed';

-- The rows of an indicator: those of its feed that have both numbers, in the grain of school (or area), period and stratum.
create function plumbline.indicator_body(indicator_name text, numerator text, denominator text, filter text) returns text
language plpgsql stable set search_path = pg_catalog as $$
declare
  i plumbline.indicator;
  f plumbline.feed;
  register text := (select feed from plumbline.feed where grain = 'register');
  joined text := '';
  stages text := '';
  unit text;
begin
  select * into i from plumbline.indicator where indicator = indicator_name;
  select * into f from plumbline.feed where feed = i.feed;
  unit := case when f.grain = 'area' then 'f.area_code' else 'f.school_code' end;
  if f.grain = 'school' and register is not null then
    joined := format('join feed.%I s on s.school_code = f.school_code and s.valid_from <= plumbline.period_end(f.period)
                      and s.valid_until > plumbline.period_end(f.period)', register || '_version');
    if i.stages <> '' then
      stages := format('and s.stage = any (%L::text[])', string_to_array(i.stages, ';'));
    end if;
  end if;
  return format(
    'select f.district_code, %1$s as unit_code, f.period, %2$s as stratum, sum((%3$s
      ))::bigint as numerator, %4$s::bigint as denominator, bool_or(f.provisional) as provisional
      from feed.%5$I f %6$s
     where (%3$s
           ) is not null and (%7$s
           ) is not null and (%8$s
           ) %9$s
     group by 1, 2, 3, 4',
    unit,
    case i.strata when 'grade' then 'f.grade' when 'grade_sex' then 'f.grade || ''/'' || f.sex' else '''all''::text' end,
    numerator, case when denominator = '' then 'null' else format(E'sum((%s\n))', denominator) end, i.feed, joined,
    coalesce(nullif(denominator, ''), '0'), coalesce(nullif(filter, ''), 'true'), stages);
end $$;
comment on function plumbline.indicator_body(text, text, text, text) is
  '指标视图的查询 | query of an indicator''s view, with the expressions given';

create function plumbline.try_sql(body text) returns text
language plpgsql set search_path = pg_catalog as $$
declare
  message text;
begin
  execute 'explain ' || body;
  return null;
exception when others then
  get stacked diagnostics message = message_text;
  return message;
end $$;
comment on function plumbline.try_sql(text) is '查询的错误信息 | what the server says against a query; null when nothing';

-- Each expression is tried with harmless ones in place of the others, to tell which one is wrong.
create function plumbline.indicator_mistake(indicator_name text, out column_name text, out message text) returns setof record
language plpgsql set search_path = pg_catalog as $$
declare
  i plumbline.indicator;
begin
  select * into i from plumbline.indicator where indicator = indicator_name;
  if plumbline.try_sql(plumbline.indicator_body(indicator_name, i.numerator, i.denominator, i.filter)) is null then
    return;
  end if;
  return query
    select t.column_name, t.message
      from (values ('numerator', plumbline.try_sql(plumbline.indicator_body(indicator_name, i.numerator, '1', 'true'))),
                   ('denominator', plumbline.try_sql(plumbline.indicator_body(indicator_name, '1', i.denominator, 'true'))),
                   ('filter', plumbline.try_sql(plumbline.indicator_body(indicator_name, '1', '1', i.filter)))) t(column_name, message)
     where t.message is not null;
  if not found then
    return query select 'numerator', plumbline.try_sql(plumbline.indicator_body(indicator_name, i.numerator, i.denominator, i.filter));
  end if;
end $$;
comment on function plumbline.indicator_mistake(text) is
  '指标表达式的错误 | which expression of an indicator the server refuses, and why; no row when none';

create function plumbline.make_indicator(indicator_name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  i plumbline.indicator;
  view regclass;
begin
  select * into i from plumbline.indicator where indicator = indicator_name;
  perform plumbline.put_view('indicator', indicator_name, plumbline.indicator_body(indicator_name, i.numerator, i.denominator, i.filter));
  view := format('indicator.%I', indicator_name)::regclass;
  perform plumbline.describe(view, format('%s | %s', i.name, i.name_en),
    'district_code', '区县代码 | code of the district, as it is today',
    'unit_code', '学校代码；地区粒度时为地区代码 | code of the school, or of the area where the feed is by area',
    'period', '时期 | period',
    'stratum', '分层：all 全部，年级如 P1，年级/性别如 P1/M | stratum: all, a grade (P1), or grade and sex (P1/M)',
    'numerator', '分子（人、校或个） | numerator (pupils, schools or items)',
    'denominator', '分母（人或校）；合计指标为空 | denominator (pupils or schools); null for totals',
    'provisional', '是否含待确认数据 | whether rows that await confirmation are in it');
end $$;
comment on function plumbline.make_indicator(text) is '建立指标视图 | makes the view of an indicator';

-- Views of feeds and indicators that the catalogue no longer has. Tables stay: data are not thrown away with a catalogue row.
create function plumbline.drop_stale() returns void
language plpgsql set search_path = pg_catalog as $$
declare
  v record;
begin
  for v in select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'indicator' and c.relkind = 'v' and not exists (select from plumbline.indicator i where i.indicator = c.relname)
           union
           select 'monitor', h.view_name from plumbline.feed_history h
            where to_regclass(format('monitor.%I', h.view_name)) is not null
              and not exists (select from plumbline.feed f where f.view_name = h.view_name) loop
    execute format('drop view %I.%I', v.nspname, v.relname);
  end loop;
end $$;
comment on function plumbline.drop_stale() is '删除目录中已无的视图 | drops views of feeds and indicators that the catalogue no longer has';
