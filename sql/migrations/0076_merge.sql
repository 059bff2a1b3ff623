-- 0076: merge() looks only at rows of the years, periods, districts and indicators that the stage has, which indexes and partitions tell;
-- it walked over all rows of the stage's years.
create or replace function plumbline.merge(target regclass, stage regclass, complete boolean default false, scope text default 'true',
                                           out added bigint, out changed bigint, out retired bigint)
language plpgsql set search_path = pg_catalog as $$
declare
  history text := plumbline.history_of(target);
  keys text[] := plumbline.key_columns(target);
  cols text[] := array_remove(plumbline.columns(target), 'known_from');
  col_list text := (select string_agg(quote_ident(c), ', ') from unnest(cols) c);
  t_list text := (select string_agg(format('t.%I', c), ', ') from unnest(cols) c);
  on_keys text := (select string_agg(format('t.%1$I = s.%1$I', k), ' and ') from unnest(keys) k);
  differs text := coalesce((select string_agg(format('t.%1$I is distinct from s.%1$I', v), ' or ')
                              from unnest(plumbline.value_columns(target)) v), 'false');
  moment timestamptz := plumbline.clock();
  part text;
  present text;
  on_parts text := 'true';
begin
  execute format('analyze %s', stage);
  foreach part in array array['year', 'period', 'district_code', 'indicator'] loop
    if part = any (keys) then
      execute format('select array_agg(distinct %I)::text from %s', part, stage) into present;
      on_parts := on_parts || format(' and t.%I = any (%L)', part, coalesce(present, '{}'));
    end if;
  end loop;

  execute format('insert into %s (%s, known_from, known_to) select %s, t.known_from, $1 from %s t join %s s on %s
                   where %s and (%s) and t.known_from <> $1',
                 history, col_list, t_list, target, stage, on_keys, on_parts, differs) using moment;
  execute format('update %s t set %s from %s s where %s and %s and (%s)', target,
                 concat_ws(', ', (select string_agg(format('%1$I = s.%1$I', c), ', ') from unnest(cols) c where c <> all (keys)),
                           'known_from = $1'),
                 stage, on_keys, on_parts, differs) using moment;
  get diagnostics changed = row_count;

  retired := 0;
  if complete then
    execute format('with gone as (delete from %s t where (%s) and not exists (select from %s s where %s) returning %s, t.known_from),
                         kept as (insert into %s (%s, known_from, known_to) select gone.*, $1 from gone where known_from <> $1)
                    select count(*) from gone',
                   target, scope, stage, on_keys, t_list, history, col_list) into retired using moment;
  end if;

  execute format('insert into %s (%s, known_from) select %s, $1 from %s s where not exists (select from %s t where %s and %s)',
                 target, col_list, (select string_agg(format('s.%I', c), ', ') from unnest(cols) c), stage, target, on_keys, on_parts)
    using moment;
  get diagnostics added = row_count;
end $$;
