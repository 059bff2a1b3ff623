-- list_migrations: what was applied, oldest first
select file_name, sha256, to_char(applied_at, 'YYYY-MM-DD HH24:MI') as applied_at from plumbline.migration order by file_name
