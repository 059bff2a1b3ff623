-- 0008: how rows of an export come into the table of their feed.

-- stage_feed(): an empty stage of a feed, and the COPY that fills it in the order of the catalogue's columns. row_no is the
-- program's own number of a row, by which it may take rows back before they are merged.
create function plumbline.stage_feed(feed_name text, out stage text, out copy_sql text)
language plpgsql set search_path = pg_catalog as $$
declare
  register boolean := (select f.grain = 'register' from plumbline.feed f where f.feed = feed_name);
begin
  stage := plumbline.stage(plumbline.feed_table(feed_name));
  execute format('alter table %s add column row_no integer', stage);
  copy_sql := format('copy %s (%s %s, batch_id, line_no, provisional, row_no) from stdin (format binary)', stage,
    case when register then '' else 'district_code, year,' end,
    (select string_agg(quote_ident(c.column_name), ', ' order by c.position) from plumbline.feed_column c
      where c.feed = feed_name and (register or c.column_name <> 'district_code')));
end $$;
comment on function plumbline.stage_feed(text) is
  '建立填报表的待并入表及其 COPY 语句 | makes the stage of a feed and the COPY that fills it';

create function plumbline.unstage(stage regclass, rows integer[]) returns void
language plpgsql set search_path = pg_catalog as $$
begin
  execute format('delete from %s where row_no = any ($1)', stage) using rows;
end $$;
comment on function plumbline.unstage(regclass, integer[]) is '从待并入表中取回若干行 | takes rows back from a stage';

create function plumbline.doubt(stage regclass, rows integer[]) returns void
language plpgsql set search_path = pg_catalog as $$
begin
  execute format('update %s set provisional = true where row_no = any ($1)', stage) using rows;
end $$;
comment on function plumbline.doubt(regclass, integer[]) is '将待并入表中若干行标为待确认 | marks rows of a stage as provisional';

-- merge_feed(): a complete file speaks for the districts (and periods) it has rows of, and for no others.
create function plumbline.merge_feed(feed_name text, stage regclass, complete boolean,
                                     out added bigint, out changed bigint, out retired bigint)
language plpgsql set search_path = pg_catalog as $$
declare
  keys text[] := array['district_code'] || array(select c.column_name from plumbline.feed_column c
                                                  where c.feed = feed_name and c.type = 'period' and c.key);
  scope text := format('exists (select from %s s where %s)', stage,
                       (select string_agg(format('s.%1$I = t.%1$I', k), ' and ') from unnest(keys) k));
begin
  select m.added, m.changed, m.retired into added, changed, retired
    from plumbline.merge(plumbline.feed_table(feed_name), stage, complete, scope) m;
end $$;
comment on function plumbline.merge_feed(text, regclass, boolean) is
  '将待并入表并入填报表 | brings a stage into the table of its feed';

-- register_rows(): all versions of all schools; none where the catalogue has no register.
create function plumbline.register_rows()
returns table (school_code text, name text, district_code text, stage text, valid_from date, valid_to date)
language plpgsql stable set search_path = pg_catalog as $$
declare
  target regclass := (select plumbline.feed_table(f.feed) from plumbline.feed f where f.grain = 'register');
begin
  if target is not null then
    return query execute format('select school_code, name, district_code, stage, valid_from, valid_to from %s', target);
  end if;
end $$;
comment on function plumbline.register_rows() is '学校名录的全部版本 | all versions of the register';
