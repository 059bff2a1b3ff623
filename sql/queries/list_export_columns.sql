-- list_export_columns: $1 release, or a view of monitor; $2 table
select * from plumbline.export_columns($1, $2)
