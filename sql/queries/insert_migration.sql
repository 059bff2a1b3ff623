-- insert_migration: $1 file, $2 SHA-256 of its text
insert into plumbline.migration (file_name, sha256) values ($1, $2)
