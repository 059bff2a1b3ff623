-- list_view_files: files of views as last applied, and whether the view is still there
select file_name, sha256, to_regclass(format('monitor.%I', regexp_replace(file_name, '\.sql$', ''))) is not null as present
  from plumbline.view_file
