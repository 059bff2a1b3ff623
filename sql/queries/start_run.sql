-- start_run: $1 command, $2 date taken for today, $3 version, $4 hash of the settings; whoever holds the lock knows that no other run goes on.
-- Whatever is written later waits for the disk, and this with it
with dead as (update plumbline.run set error = 'did not finish' where finished_at is null and error is null)
insert into plumbline.run (command, today, started_at, version, configuration, server)
select $1, $2::date, clock_timestamp(), $3, $4, current_setting('server_version') where set_config('synchronous_commit', 'off', true) is not null
returning run_id
