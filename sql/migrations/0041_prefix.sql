-- 0041: schools are found by how their codes begin, whatever the database's collation.
create function plumbline.index_prefix(target regclass) returns void
language plpgsql set search_path = pg_catalog as $$
begin
  execute format('create index %I on %s (school_code text_pattern_ops)', (select relname from pg_class where oid = target) || '_prefix', target);
end $$;
comment on function plumbline.index_prefix(regclass) is '为代码前缀建索引 | indexes a register by how codes begin';

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
  if grain = 'register' then
    perform plumbline.index_prefix(plumbline.feed_table(feed_name));
  end if;
end $$;

select plumbline.index_prefix(plumbline.feed_table(f.feed)) from plumbline.feed f
 where f.grain = 'register' and to_regclass(format('feed.%I', f.feed)) is not null;
