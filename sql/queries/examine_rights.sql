-- examine_rights: what the night needs and this login lacks, by name; and whether init could run
select (select string_agg(c.oid::regclass::text, ', ' order by c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('plumbline', 'feed') and c.relkind in ('r', 'p') and not c.relispartition
           and not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
                    and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete'))) as lacks,
       has_database_privilege(current_database(), 'temporary') as temporary,
       pg_has_role('plumbline_owner', 'member') as owner
