-- 0009: counts that a school knows and withholds (s, *, <5). They are null in the feed's table, and the row's column suppressed
-- names them: neither 0 nor nothing. An indicator leaves out every row in which a column that its expressions name is withheld.

alter table plumbline.batch add column cells_suppressed bigint not null default 0;
comment on column plumbline.batch.cells_suppressed is
  '隐去未报的单元格数（个） | cells withheld by the school, in accepted rows (cells)';

create or replace function plumbline.create_feed(feed_name text) returns void
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
                                        known_from timestamptz not null %s, constraint %I primary key (%s %s) %s) %s',
                 feed_name, case when grain <> 'register' then 'district_code text not null, year smallint not null,' end, cols,
                 case when grain <> 'register' then ', suppressed text[]' end, feed_name || '_pk', case when grain <> 'register' then 'district_code, year,' end, keys, ', ' || checks,
                 case when grain <> 'register' then 'partition by list (year)' end);
  perform plumbline.keep_history(plumbline.feed_table(feed_name));
end $$;

create or replace function plumbline.widen_feed(feed_name text) returns void
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
  if 'suppressed' <> all (plumbline.columns(t)) and exists (select from plumbline.feed x where x.feed = feed_name and x.grain <> 'register') then
    execute format('alter table %s add column suppressed text[]', t);
    execute format('alter table %s add column suppressed text[]', plumbline.history_of(t));
  end if;
  perform plumbline.make_seen(t);
end $$;

create or replace function plumbline.describe_feed(feed_name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  f plumbline.feed;
  t regclass := plumbline.feed_table(feed_name);
  relations regclass[] := array[t, to_regclass(plumbline.history_of(t)), plumbline.feed_table(feed_name || '_seen')];
  r regclass;
  housekeeping text[] := array[
    'year', '时期所属年份 | year of the period',
    'suppressed', '已知但隐去未报的列名 | names of the columns whose values the school knows and withheld; null when none',
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
            where f.grain <> 'register' or housekeeping[i] not in ('year', 'suppressed')
           union all
           select 'district_code', '区县代码 | code of the district, as it is today' where f.grain <> 'register'
              and not exists (select from plumbline.feed_column x where x.feed = feed_name and x.column_name = 'district_code') loop
    foreach r in array relations loop
      execute format('comment on column %s.%I is %L', r, c.column_name, c.about);
    end loop;
  end loop;
end $$;

create or replace function plumbline.make_feed_view(feed_name text) returns void
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
  if f.grain <> 'register' then
    cols := cols || text 'suppressed';
  end if;
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

create or replace function plumbline.indicator_body(indicator_name text, numerator text, denominator text, filter text) returns text
language plpgsql stable set search_path = pg_catalog as $$
declare
  i plumbline.indicator;
  f plumbline.feed;
  register text := (select feed from plumbline.feed where grain = 'register');
  joined text := '';
  stages text := '';
  unit text;
  withheld text[];
begin
  select * into i from plumbline.indicator where indicator = indicator_name;
  select * into f from plumbline.feed where feed = i.feed;
  withheld := array(select c.column_name from plumbline.feed_column c
                     where c.feed = i.feed and c.type in ('count', 'number') and f.grain <> 'register'
                       and concat_ws(' ', numerator, denominator, filter) ~ format('\mf\.%s\M', c.column_name)
                     order by c.position);
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
           ) %9$s %10$s
     group by 1, 2, 3, 4',
    unit,
    case i.strata when 'grade' then 'f.grade' when 'grade_sex' then 'f.grade || ''/'' || f.sex' else '''all''::text' end,
    numerator, case when denominator = '' then 'null' else format(E'sum((%s\n))', denominator) end, i.feed, joined,
    coalesce(nullif(denominator, ''), '0'), coalesce(nullif(filter, ''), 'true'), stages,
    case when cardinality(withheld) > 0 then format('and not coalesce(f.suppressed && %L::text[], false)', withheld) else '' end);
end $$;

create or replace function plumbline.stage_feed(feed_name text, out stage text, out copy_sql text)
language plpgsql set search_path = pg_catalog as $$
declare
  register boolean := (select f.grain = 'register' from plumbline.feed f where f.feed = feed_name);
begin
  stage := plumbline.stage(plumbline.feed_table(feed_name));
  execute format('alter table %s add column row_no integer', stage);
  copy_sql := format('copy %s (%s %s, %s batch_id, line_no, provisional, row_no) from stdin (format binary)', stage,
    case when register then '' else 'district_code, year,' end,
    (select string_agg(quote_ident(c.column_name), ', ' order by c.position) from plumbline.feed_column c
      where c.feed = feed_name and (register or c.column_name <> 'district_code')),
    case when register then '' else 'suppressed,' end);
end $$;
