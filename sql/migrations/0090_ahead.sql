-- 0090: partitions of the year that runs and of the next one are made before anything of them comes. A feed's own slices are not: the first
-- file of a period fills a table of its own, which is faster than an empty one that has its index already.

create function plumbline.make_ahead(day date) returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
  made bigint := 0;
  t record;
begin
  for t in
    select c.oid::regclass as target, y as year
      from pg_partitioned_table p
      join pg_class c on c.oid = p.partrelid
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0]
     cross join generate_series(extract(year from day)::integer, extract(year from day)::integer + 1) y
     where n.nspname in ('plumbline', 'feed') and p.partstrat = 'l' and a.attname = 'year'
       and to_regclass(format('%I.%I', n.nspname, c.relname || '_' || y)) is null
     order by y, c.relname
  loop
    perform plumbline.ensure_year(t.target, t.year);
    made := made + 1;
  end loop;
  return made;
end $$;
comment on function plumbline.make_ahead(date) is
  '提前建立本年和下一年的分区 | makes the partitions of the year of a day and of the next one, where they are missing; how many tables lacked one';
