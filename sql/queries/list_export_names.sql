-- list_export_names: the views of monitor, and the last release
select (select string_agg(c.relname, ' ' order by c.relname) from pg_class c where c.relnamespace = 'monitor'::regnamespace and c.relkind = 'v') as views,
       (select max(release_id) from published.release) as last_release,
       (select coalesce(bool_or(simulated), false) from plumbline.batch where status = 'loaded') as simulated
