-- 0100: a row of a feed that comes again with the values that it has changes nothing: what was confirmed stays so, and what is in doubt
-- stays in doubt until somebody confirms it.
create or replace function plumbline.value_columns(target regclass) returns text[]
language sql stable set search_path = pg_catalog as $$
  select coalesce(array_agg(c order by n), '{}')
    from unnest(plumbline.columns(target)) with ordinality u(c, n)
   where c <> all (plumbline.key_columns(target)) and c not in ('known_from', 'batch_id', 'line_no', 'run_id')
     and (c <> 'provisional' or (select relnamespace from pg_class where oid = target) <> 'feed'::regnamespace)
$$;
