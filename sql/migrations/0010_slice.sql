-- 0010: slices. The current rows of a feed are partitioned by range (year, period, district_code): a slice is a period of it, or
-- where a file was large a district of a period, or in a table that was made by ensure_year() a year. The first file of a period
-- fills a table of its own, which gets its index when it is full and is attached then. The history stays partitioned by year.

-- The key column by which a feed is sliced; null where it has none.
create function plumbline.period_column(feed_name text) returns text
language sql stable set search_path = pg_catalog as $$
  select c.column_name from plumbline.feed_column c where c.feed = feed_name and c.type = 'period' and c.key order by c.position limit 1
$$;
comment on function plumbline.period_column(text) is '填报表的时期列 | column of a feed that holds the period';

create or replace function plumbline.create_feed(feed_name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  grain text := (select f.grain from plumbline.feed f where f.feed = feed_name);
  period text := plumbline.period_column(feed_name);
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
                 case when grain = 'register' then '' when period is null then 'partition by list (year)'
                      else format('partition by range (year, %I, district_code)', period) end);
  perform plumbline.keep_history(plumbline.feed_table(feed_name));
end $$;

create function plumbline.partition_strategy(target regclass) returns text
language sql stable set search_path = pg_catalog as $$ select p.partstrat::text from pg_partitioned_table p where p.partrelid = target $$;
comment on function plumbline.partition_strategy(regclass) is '分区方式：l 列表，r 范围 | how a table is partitioned: l list, r range; null when it is not';

-- Of a feed sliced by period, a year in one piece.
create or replace function plumbline.ensure_year(target regclass, year integer) returns void
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
      execute format('alter table %s attach partition %s for values %s', parent, part,
                     case plumbline.partition_strategy(parent)
                       when 'l' then format('in (%s)', year)
                       else format('from (%1$s, minvalue, minvalue) to (%1$s, maxvalue, maxvalue)', year) end);
      execute format('comment on table %s is %L', part, format('%1$s 的 %2$s 年分区 | rows of %1$s in %2$s', parent, year));
    end if;
  end loop;
end $$;

-- What a slice is called; days share the slice of their month.
create function plumbline.slice_name(feed_name text, period text, district text) returns text
language sql immutable set search_path = pg_catalog as $$
  select format('feed.%I', concat_ws('_', feed_name, 'in', replace(case when period ~ '^\d{4}-\d\d-\d\d$' then left(period, 7) || '-days' else period end, '-', '_'),
                                     district))
$$;
comment on function plumbline.slice_name(text, text, text) is '分片表名 | name of a slice; of a period as a whole when the district is null';

create function plumbline.slice_bounds(year integer, period text, district text) returns text
language sql immutable set search_path = pg_catalog as $$
  select case
    when period ~ '^\d{4}-\d\d-\d\d$' then format('from (%s, %L, minvalue) to (%1$s, %L, minvalue)', year, left(period, 8), left(period, 8) || '~')
    when district is null then format('from (%s, %L, minvalue) to (%1$s, %2$L, maxvalue)', year, period)
    else format('from (%s, %L, %L) to (%1$s, %2$L, %4$L)', year, period, district, district || '!')
  end
$$;
comment on function plumbline.slice_bounds(integer, text, text) is '分片的范围 | bounds of a slice';

create function plumbline.is_attached(target regclass, part text) returns boolean
language sql stable set search_path = pg_catalog as $$
  select exists (select from pg_inherits where inhparent = target and inhrelid = to_regclass(part))
$$;
comment on function plumbline.is_attached(regclass, text) is '是否已为分区 | whether a table is a partition of another';

-- open_slice(): where rows of a period and district go. A slice that is there has its index; one that is fresh is a table of its
-- own, without index, that nobody sees before attach_slice(). @fine asks for a slice a district. In a fresh slice of one period
-- whatever is the same in all rows is the column's default, and COPY does not carry it.
create function plumbline.open_slice(feed_name text, year integer, period text, district text, fine boolean, batch bigint, known timestamptz,
                                     out relation text, out fresh boolean, out whole boolean, out short boolean, out copy_sql text)
language plpgsql security definer set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  period_name text := plumbline.period_column(feed_name);
  parent_year text := format('feed.%I', feed_name || '_' || year);
  days boolean := period ~ '^\d{4}-\d\d-\d\d$';
begin
  fresh := false;
  short := false;
  whole := true;
  relation := case when plumbline.is_attached(target, parent_year) then parent_year
                   when plumbline.is_attached(target, plumbline.slice_name(feed_name, period, null)) then plumbline.slice_name(feed_name, period, null) end;
  if relation is null and not days
     and (fine or exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
                           where i.inhparent = target and format('feed.%I', c.relname) ^@ (plumbline.slice_name(feed_name, period, null) || '_'))) then
    whole := false;
    relation := case when plumbline.is_attached(target, plumbline.slice_name(feed_name, period, district)) then plumbline.slice_name(feed_name, period, district) end;
  end if;
  if relation is null then
    fresh := true;
    short := not days;
    relation := plumbline.slice_name(feed_name, period, case when whole then null else district end);
    execute format('drop table if exists %s', relation);
    execute format('create table %s (like %s including comments including constraints)', relation, target);
    execute format('comment on table %s is %L', relation,
                   format('%1$s 的 %2$s 分片 | rows of %1$s in %2$s', target, concat_ws(' ', case when days then left(period, 7) else period end, case when not whole then district end)));
    if short then
      execute format('alter table %s alter year set default %L, alter %I set default %L, alter batch_id set default %L, alter known_from set default %L',
                     relation, year, period_name, period, batch, known);
      execute format('alter table %s add constraint slice_ck check (year = %L and %I = %L and %s)', relation, year, period_name, period,
                     case when whole then 'true' else format('district_code >= %L and district_code < %L', district, district || '!') end);
    end if;
    perform plumbline.ensure_history_year(target, year);
  end if;
  copy_sql := format('copy %s (district_code, %s %s, suppressed, %s line_no, provisional %s) from stdin (format binary)', relation,
    case when not short then 'year,' end,
    (select string_agg(quote_ident(c.column_name), ', ' order by c.position) from plumbline.feed_column c
      where c.feed = feed_name and c.column_name <> 'district_code' and not (short and c.column_name = period_name)),
    case when not short then 'batch_id,' end, case when not short then ', known_from' end);
end $$;
comment on function plumbline.open_slice(text, integer, text, text, boolean, bigint, timestamptz) is
  '查找或新建某时期的分片 | finds the slice of a period, or makes the table that will be it';

create function plumbline.ensure_history_year(target regclass, year integer) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  history regclass := plumbline.history_of(target);
  part text := format('feed.%I', (select relname from pg_class where oid = history) || '_' || year);
begin
  if to_regclass(part) is null then
    execute format('create table %s (like %s including comments including constraints including indexes)', part, history);
    execute format('alter table %s attach partition %s for values in (%s)', history, part, year);
    execute format('comment on table %s is %L', part, format('%1$s 的 %2$s 年分区 | rows of %1$s in %2$s', history, year));
  end if;
end $$;
comment on function plumbline.ensure_history_year(regclass, integer) is
  '建立历史表某年的分区 | makes the partition of a year of a feed''s history; harmless to repeat';

-- index_slice(): a fresh slice that has all its rows.
create function plumbline.index_slice(feed_name text, relation text) returns void
language plpgsql security definer set search_path = pg_catalog set max_parallel_maintenance_workers = 0 set maintenance_work_mem = '256MB' as $$
declare
  target regclass := plumbline.feed_table(feed_name);
begin
  execute format('alter table %s add primary key (%s)', relation, (select string_agg(quote_ident(k), ', ') from unnest(plumbline.key_columns(target)) k));
end $$;
comment on function plumbline.index_slice(text, text) is '为新分片建主键 | gives a fresh slice its primary key';

create function plumbline.attach_slice(feed_name text, relation text, year integer, period text, district text) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(feed_name);
begin
  execute format('alter table %s attach partition %s for values %s', target, relation, plumbline.slice_bounds(year, period, district));
  execute format('alter table %s alter year drop default, alter %I drop default, alter batch_id drop default, alter known_from drop default',
                 relation, plumbline.period_column(feed_name));
  execute format('alter table %s drop constraint if exists slice_ck', relation);
end $$;
comment on function plumbline.attach_slice(text, text, integer, text, text) is '将新分片并入填报表 | makes a fresh slice a partition of its feed''s table';

-- ensure_slice(): for rows that come by merge().
create function plumbline.ensure_slice(feed_name text, year integer, period text, district text) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  s record;
begin
  if plumbline.partition_strategy(target) = 'l' then
    perform plumbline.ensure_year(target, year);
    return;
  end if;
  s := plumbline.open_slice(feed_name, year, period, district, false, 0, now());
  if s.fresh then
    perform plumbline.index_slice(feed_name, s.relation);
    perform plumbline.attach_slice(feed_name, s.relation, year, period, case when s.whole then null else district end);
  end if;
  perform plumbline.ensure_history_year(target, year);
end $$;
comment on function plumbline.ensure_slice(text, integer, text, text) is
  '确保某时期的分片存在 | makes the slice of a period and district unless it is there';

-- known_rows(): what a slice holds of a district, from one unit to another, as rows of COPY: the catalogue's columns in order,
-- suppressed, provisional.
create function plumbline.known_rows(feed_name text, relation text, district text, unit_column text, first text, last text) returns text
language sql stable set search_path = pg_catalog as $$
  select format('copy (select %s, suppressed, provisional from %s where district_code = %L and %I between %L and %L) to stdout (format binary)',
    (select string_agg(quote_ident(c.column_name), ', ' order by c.position) from plumbline.feed_column c
      where c.feed = feed_name and c.column_name <> 'district_code'), relation, district, unit_column, first, last)
$$;
comment on function plumbline.known_rows(text, text, text, text, text, text) is '读取已有行的 COPY 语句 | COPY that reads the rows that a slice holds';

-- drop_loose_slices(): tables that a run left behind before it could attach them.
create function plumbline.drop_loose_slices() returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  c record;
begin
  for c in select r.relname from pg_class r
            where r.relnamespace = 'feed'::regnamespace and r.relkind = 'r' and not r.relispartition
              and exists (select from plumbline.feed f where r.relname ^@ (f.feed || '_in_')) loop
    execute format('drop table feed.%I', c.relname);
  end loop;
end $$;
comment on function plumbline.drop_loose_slices() is '删除未并入的分片 | drops slices that were never attached';

-- Tables of feeds that were made before: the same rows, sliced. Views that stand on them are made again by init.
do $$
declare
  f record;
  old regclass;
  s record;
begin
  for f in select x.feed from plumbline.feed x where plumbline.partition_strategy(plumbline.feed_table(x.feed)) = 'l'
              and plumbline.period_column(x.feed) is not null loop
    old := plumbline.feed_table(f.feed);
    execute format('create temp table moved on commit drop as select * from %s', old);
    execute format('create temp table moved_history on commit drop as select * from %s', plumbline.history_of(old));
    execute format('drop table %s, %s cascade', old, plumbline.history_of(old));
    perform plumbline.make_feed(f.feed);
    for s in execute format('select distinct year, %I as period, district_code from moved', plumbline.period_column(f.feed)) loop
      perform plumbline.ensure_slice(f.feed, s.year, s.period, s.district_code);
    end loop;
    for s in select distinct year from moved_history loop
      perform plumbline.ensure_history_year(plumbline.feed_table(f.feed), s.year);
    end loop;
    execute format('insert into feed.%I (%s) select %2$s from moved', f.feed,
                   (select string_agg(quote_ident(c), ', ') from unnest(plumbline.columns('pg_temp.moved')) c));
    execute format('insert into feed.%I (%s) select %2$s from moved_history', f.feed || '_history',
                   (select string_agg(quote_ident(c), ', ') from unnest(plumbline.columns('pg_temp.moved_history')) c));
    drop table moved, moved_history;
  end loop;
end $$;
