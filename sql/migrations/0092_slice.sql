-- 0092: a fresh slice is filled without batch and moment, which are the same in all of its rows: they come afterwards, as columns whose
-- default the rows that are there do not store. (Columns of the key must be stored: the server would take the stored copy of a
-- corrected row for another value, and could not leave the index alone.)

-- create_slice(): what has a fixed length stands first, the longest first: then it stands at the same place in every row.
create or replace function plumbline.create_slice(feed_name text, year integer, period text, district text, batch bigint, known timestamptz)
  returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  period_name text := plumbline.period_column(feed_name);
  relation text := plumbline.slice_name(feed_name, period, district);
  days boolean := period ~ '^\d{4}-\d\d-\d\d$';
  parts text := (select string_agg(format('%I %s %s', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end), ', '
                                   order by a.attlen desc, a.attnum)
                   from pg_attribute a
                  where a.attrelid = target and a.attnum > 0 and not a.attisdropped and (days or a.attname not in ('batch_id', 'known_from')));
  checks text := (select string_agg(format(', constraint %I %s', c.conname, pg_get_constraintdef(c.oid)), '')
                    from pg_constraint c where c.conrelid = target and c.contype = 'c');
begin
  execute format('drop table if exists %s', relation);
  execute format('create table %s (%s %s) with (fillfactor = 96)', relation, parts, checks);
  execute format('comment on table %s is %L', relation,
                 format('%1$s 的 %2$s 分片 | rows of %1$s in %2$s', target, concat_ws(' ', case when days then left(period, 7) else period end, district)));
  if not days then
    execute format('alter table %s alter year set default %L, alter %I set default %L, add constraint slice_ck check (year = %2$L and %3$I = %4$L %5$s) %6$s',
                   relation, year, period_name, period, 'and district_code = ' || quote_literal(district),
                   ', alter district_code set default ' || quote_literal(district));
  end if;
end $$;

-- index_slice(): a fresh slice that has its rows: the rest of its columns, and its key.
drop function plumbline.index_slice(text, text, text);
create function plumbline.index_slice(feed_name text, period text, district text, batch bigint, known timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog set max_parallel_maintenance_workers = 0 set maintenance_work_mem = '128MB' as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  relation text := plumbline.slice_name(feed_name, period, district);
begin
  execute format('alter table %s add primary key (%s) %s', relation,
                 (select string_agg(quote_ident(k), ', ') from unnest(plumbline.key_columns(target)) k),
                 case when 'batch_id' <> all (plumbline.columns(relation::regclass)) then
                   format(', add batch_id bigint not null default %L, add known_from timestamptz not null default %L', batch, known) end);
  perform plumbline.describe_like(relation::regclass, target);
end $$;
comment on function plumbline.index_slice(text, text, text, bigint, timestamptz) is
  '为新分片补齐列并建主键 | gives a fresh slice that has its rows the rest of its columns and its primary key';

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
    perform plumbline.index_slice(feed_name, period, district, 0, now());
    perform plumbline.attach_slice(feed_name, year, period, district);
  end if;
  perform plumbline.ensure_history_year(target, year);
end $$;
