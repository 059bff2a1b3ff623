-- 0033: rows of one slice that are known to be there and to differ. merge() joins the stage with the table; these are few, and a look-up
-- each by their key is cheaper than a walk over the slice.
create function plumbline.supersede(feed_name text, relation regclass, stage regclass, this_period text, district text) returns bigint
language plpgsql set search_path = pg_catalog set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  target regclass := plumbline.feed_table(feed_name);
  keys text[] := plumbline.key_columns(target);
  cols text[] := array_remove(plumbline.columns(target), 'known_from');
  on_keys text := (select string_agg(format('t.%1$I = s.%1$I', k), ' and ') from unnest(keys) k);
  differs text := (select string_agg(format('t.%1$I is distinct from s.%1$I', v), ' or ') from unnest(plumbline.value_columns(target)) v);
  here text := format('s.%I = %L and (%L is null or s.district_code = %3$L)', plumbline.period_column(feed_name), this_period, district);
  moment timestamptz := plumbline.clock();
  changed bigint;
begin
  execute format('insert into %s (%s, known_from, known_to) select %s, t.known_from, $1 from %s s join %s t on %s
                   where %s and (%s) and t.known_from <> $1',
                 plumbline.history_of(target), (select string_agg(quote_ident(c), ', ') from unnest(cols) c),
                 (select string_agg(format('t.%I', c), ', ') from unnest(cols) c), stage, relation, on_keys, here, differs) using moment;
  execute format('update %s t set %s, known_from = $1 from %s s where %s and %s and (%s)', relation,
                 (select string_agg(format('%1$I = s.%1$I', c), ', ') from unnest(cols) c where c <> all (keys)), stage, on_keys, here, differs)
    using moment;
  get diagnostics changed = row_count;
  return changed;
end $$;
comment on function plumbline.supersede(text, regclass, regclass, text, text) is
  '按主键更正分片中的若干行并保留旧版本 | supersedes rows of a slice by those of a stage that differ, keeping what was: how many';
