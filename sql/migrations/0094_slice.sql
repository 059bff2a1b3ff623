-- 0094: a fresh slice is filled without provisional and suppressed too, as long as no row of it needs them: a row then has no nulls to
-- note, which makes it shorter by more than these two.

do $$
declare
  present text := pg_get_functiondef('plumbline.create_slice(text, integer, text, text, bigint, timestamptz)'::regprocedure);
  later text := '(''batch_id'', ''known_from'')';
begin
  assert strpos(present, later) > 0;
  execute replace(present, later, '(''batch_id'', ''known_from'', ''provisional'', ''suppressed'')');
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
