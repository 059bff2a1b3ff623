-- show_lock_holder: what the holder calls itself, and since when; nobody sees more than that in the server's own view
select a.application_name as holder, to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS') as since
  from pg_locks l join pg_stat_activity a on a.pid = l.pid
 where l.locktype = 'advisory' and l.database = (select oid from pg_database where datname = current_database())
   and (l.classid::bigint << 32 | l.objid::bigint) = x'706c756d62'::bigint and l.objsubid = 1 and l.granted
