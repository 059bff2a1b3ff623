-- 0016: what export writes, and what each column of it means.

-- export_tables(): a view of monitor by its name, or the tables of a release. Arrays are written with spaces between their members.
create function plumbline.export_tables(what text, release bigint)
returns table (table_name text, about text, about_en text, query text)
language plpgsql stable set search_path = pg_catalog as $$
begin
  return query
    select c.relname::text, split_part(obj_description(c.oid), ' | ', 1), split_part(obj_description(c.oid), ' | ', 2),
           format('select %s from %I.%I %s order by %s',
                  (select string_agg(case when a.attndims > 0 or t.typcategory = 'A' then format('array_to_string(%1$I, '' '') as %1$I', a.attname)
                                          else quote_ident(a.attname) end, ', ' order by a.attnum)
                     from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
                  n.nspname, c.relname, case when n.nspname = 'published' then format('where release_id = %s', release) else '' end,
                  coalesce((select string_agg(quote_ident(k), ', ') from unnest(plumbline.key_columns(c.oid)) k),
                           (select string_agg(a.attnum::text, ', ' order by a.attnum) from pg_attribute a join pg_type t on t.oid = a.atttypid
                             where a.attrelid = c.oid and a.attnum between 1 and 6 and t.typname <> 'jsonb')))
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where case when what = 'release' then n.nspname = 'published' and c.relkind in ('r', 'p') and not c.relispartition
                     and exists (select from published.release r where r.release_id = export_tables.release)
                else n.nspname = 'monitor' and c.relkind = 'v' and c.relname = what end
     order by c.relname;
end $$;
comment on function plumbline.export_tables(text, bigint) is '导出的表及其查询 | tables that export writes, with their queries';

create function plumbline.export_columns(what text, name text)
returns table (column_name text, type text, in_key boolean, about text, about_en text)
language sql stable set search_path = pg_catalog as $$
  select a.attname, case when t.typcategory = 'A' then 'text' else format_type(a.atttypid, null) end,
         coalesce(a.attname = any (plumbline.key_columns(a.attrelid)), false),
         split_part(col_description(a.attrelid, a.attnum), ' | ', 1), split_part(col_description(a.attrelid, a.attnum), ' | ', 2)
    from pg_attribute a join pg_type t on t.oid = a.atttypid
   where a.attrelid = to_regclass(format('%I.%I', case when what = 'release' then 'published' else 'monitor' end, name))
     and a.attnum > 0 and not a.attisdropped
   order by a.attnum
$$;
comment on function plumbline.export_columns(text, text) is '导出各列的类型与说明 | columns of a table that export writes';

-- Where everybody is counted there is no design effect, and no interval.
create or replace function plumbline.released_interval(x bigint, n bigint, design_effect bigint, out low95 double precision, out high95 double precision)
language sql immutable set search_path = pg_catalog as $$
  select 100 * greatest(0, centre - half), 100 * least(1, centre + half)
    from (select x::float8 / n as p, n::float8 / design_effect as m, 1.959963984540054 as z) s,
         lateral (select (p + z * z / (2 * m)) / (1 + z * z / m) as centre,
                         z * sqrt(p * (1 - p) / m + z * z / (4 * m * m)) / (1 + z * z / m) as half) t
   where n > 0 and x <= n and design_effect > 0
$$;
