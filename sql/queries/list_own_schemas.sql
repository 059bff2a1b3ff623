-- list_own_schemas: what stands where a backup is to go
select string_agg(quote_ident(nspname), ', ' order by nspname) as names from pg_namespace
 where nspname in ('plumbline', 'feed', 'indicator', 'monitor', 'published', 'district')
