-- examine_server: version, encoding and safety of the server, and its clock in seconds since 1970
select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major,
       current_setting('server_encoding') as encoding, current_setting('fsync') as fsync, current_user as login, current_database() as database,
       extract(epoch from clock_timestamp())::bigint as clock,
       pg_size_pretty(pg_database_size(current_database())) as size
