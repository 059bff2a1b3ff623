-- 0017: slices that are filled over connections of their own: finding one and making one are two things then. Rows of a fresh slice
-- are frozen as they come: nobody sees the table before it is attached, and no later vacuum has to write it again.

drop function plumbline.open_slice(text, integer, text, text, boolean, bigint, timestamptz);

-- find_slice(): where rows of a period and district go, and the COPY that takes them there. A fresh one is yet to be made. @fine
-- asks for a slice a district where there is none yet. In a fresh slice of one period whatever is the same in all rows is the
-- column's default, and COPY does not carry it: it is short. The caller adds COPY's options.
create function plumbline.find_slice(feed_name text, year integer, period text, district text, fine boolean,
                                     out relation text, out fresh boolean, out whole boolean, out short boolean, out copy_sql text)
language plpgsql stable set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  period_name text := plumbline.period_column(feed_name);
  of_year text := format('feed.%I', feed_name || '_' || year);
  of_period text := plumbline.slice_name(feed_name, period, null);
  of_district text := plumbline.slice_name(feed_name, period, district);
  days boolean := period ~ '^\d{4}-\d\d-\d\d$';
begin
  whole := true;
  relation := case when plumbline.is_attached(target, of_year) then of_year when plumbline.is_attached(target, of_period) then of_period end;
  if relation is null and not days
     and (fine or exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
                           where i.inhparent = target and format('feed.%I', c.relname) ^@ (of_period || '_'))) then
    whole := false;
    relation := case when plumbline.is_attached(target, of_district) then of_district end;
  end if;
  fresh := relation is null;
  short := fresh and not days;
  relation := coalesce(relation, case when whole then of_period else of_district end);
  copy_sql := format('copy %s (%s %s, suppressed, %s line_no, provisional %s) from stdin', relation,
    concat(case when whole or not short then 'district_code,' end, case when not short then 'year,' end),
    (select string_agg(quote_ident(c.column_name), ', ' order by c.position) from plumbline.feed_column c
      where c.feed = feed_name and c.column_name <> 'district_code' and not (short and c.column_name = period_name)),
    case when not short then 'batch_id,' end, case when not short then ', known_from' end);
end $$;
comment on function plumbline.find_slice(text, integer, text, text, boolean) is
  '查找某时期与区县的分片 | finds the slice of a period and district, or tells what to make';

-- create_slice(): the table of a fresh slice, without index; what a run left behind under its name goes.
create function plumbline.create_slice(feed_name text, year integer, period text, district text, batch bigint, known timestamptz)
  returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  period_name text := plumbline.period_column(feed_name);
  relation text := plumbline.slice_name(feed_name, period, district);
  days boolean := period ~ '^\d{4}-\d\d-\d\d$';
begin
  execute format('drop table if exists %s', relation);
  execute format('create table %s (like %s including comments including constraints)', relation, target);
  execute format('comment on table %s is %L', relation,
                 format('%1$s 的 %2$s 分片 | rows of %1$s in %2$s', target, concat_ws(' ', case when days then left(period, 7) else period end, district)));
  if not days then
    execute format('alter table %s alter year set default %L, alter %I set default %L, alter batch_id set default %L, alter known_from set default %L,
                                   add constraint slice_ck check (year = %2$L and %3$I = %4$L %7$s) %8$s',
                   relation, year, period_name, period, batch, known, 'and district_code = ' || quote_literal(district),
                   ', alter district_code set default ' || quote_literal(district));
  end if;
end $$;
comment on function plumbline.create_slice(text, integer, text, text, bigint, timestamptz) is
  '新建分片表 | makes the table of a fresh slice';

drop function plumbline.index_slice(text, text);
create function plumbline.index_slice(feed_name text, period text, district text) returns void
language plpgsql security definer set search_path = pg_catalog set max_parallel_maintenance_workers = 0 set maintenance_work_mem = '128MB' as $$
begin
  execute format('alter table %s add primary key (%s)', plumbline.slice_name(feed_name, period, district),
                 (select string_agg(quote_ident(k), ', ') from unnest(plumbline.key_columns(plumbline.feed_table(feed_name))) k));
end $$;
comment on function plumbline.index_slice(text, text, text) is '为新分片建主键 | gives a fresh slice its primary key';

drop function plumbline.attach_slice(text, text, integer, text, text);
create function plumbline.attach_slice(feed_name text, year integer, period text, district text) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  relation text := plumbline.slice_name(feed_name, period, district);
begin
  execute format('alter table %s attach partition %s for values %s', target, relation, plumbline.slice_bounds(year, period, district));
  execute format('alter table %s alter year drop default, alter %I drop default, alter batch_id drop default, alter known_from drop default,
                                 alter district_code drop default, drop constraint if exists slice_ck', relation, plumbline.period_column(feed_name));
  perform plumbline.ensure_history_year(target, year);
end $$;
comment on function plumbline.attach_slice(text, integer, text, text) is
  '将新分片并入填报表 | makes a fresh slice a partition of its feed''s table';

create or replace function plumbline.ensure_slice(feed_name text, year integer, period text, district text) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  s record;
begin
  if plumbline.partition_strategy(target) = 'l' then
    perform plumbline.ensure_year(target, year);
    return;
  end if;
  s := plumbline.find_slice(feed_name, year, period, district, false);
  if s.fresh then
    district := case when not s.whole then district end;
    perform plumbline.create_slice(feed_name, year, period, district, 0, now());
    perform plumbline.index_slice(feed_name, period, district);
    perform plumbline.attach_slice(feed_name, year, period, district);
  end if;
  perform plumbline.ensure_history_year(target, year);
end $$;
