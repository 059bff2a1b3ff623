-- read_catalogue_state: whether the tables that init makes are there
select to_regclass('plumbline.migration') is not null and to_regclass('plumbline.catalogue_file') is not null
