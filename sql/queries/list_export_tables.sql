-- list_export_tables: $1 release, or a view of monitor; $2 number of the release, null otherwise
select * from plumbline.export_tables($1, $2::bigint)
