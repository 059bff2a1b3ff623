-- 0094: a fresh slice is filled without provisional and suppressed too, as long as no row of it needs them: a row then has no nulls to
-- note, which makes it shorter by more than these two.

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
                  where a.attrelid = target and a.attnum > 0 and not a.attisdropped
                    and (days or a.attname not in ('batch_id', 'known_from', 'provisional', 'suppressed')));
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

create function plumbline.widen_slice(feed_name text, period text, district text) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  execute format('alter table %s add provisional boolean not null default false, add suppressed text[]',
                 plumbline.slice_name(feed_name, period, district));
end $$;
comment on function plumbline.widen_slice(text, text, text) is
  '为填充中的新分片补 provisional 与 suppressed 列 | gives a fresh slice that is being filled the columns that some of its rows need';

-- index_slice(): a fresh slice that has its rows: the rest of its columns, and its key.
create or replace function plumbline.index_slice(feed_name text, period text, district text, batch bigint, known timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog set max_parallel_maintenance_workers = 0 set maintenance_work_mem = '128MB' as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  relation text := plumbline.slice_name(feed_name, period, district);
  present text[] := plumbline.columns(relation::regclass);
begin
  if 'provisional' <> all (present) then
    perform plumbline.widen_slice(feed_name, period, district);
  end if;
  execute format('alter table %s add primary key (%s), alter provisional drop default %s', relation,
                 (select string_agg(quote_ident(k), ', ') from unnest(plumbline.key_columns(target)) k),
                 case when 'batch_id' <> all (present) then
                   format(', add batch_id bigint not null default %L, add known_from timestamptz not null default %L', batch, known) end);
  perform plumbline.describe_like(relation::regclass, target);
end $$;
