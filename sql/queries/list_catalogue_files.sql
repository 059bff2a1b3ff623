-- list_catalogue_files: the catalogue's files as init loaded them
select file_name, content from plumbline.catalogue_file order by file_name
