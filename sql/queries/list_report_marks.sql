-- list_report_marks: what moves whenever something moves that the report reads in full: the last file and decision on files, the
-- last run that changed results, the last release, the catalogue. And what leaves the report as days go by: files of a
-- year, and the runs that changed results within a week. $1 the day from which files count, $2 today
select (select max(batch_id) from plumbline.batch) as batch,
       (select max(batch_event_id) from plumbline.batch_event) as batch_event,
       (select run_id from plumbline.run where command in ('measure', 'nightly') and not stages @> '[{"stage": "measure", "out": 0}]'
         order by run_id desc limit 1) as measured,
       (select max(release_id) from published.release) as release,
       (select md5(string_agg(file_name || sha256, ',' order by file_name)) from plumbline.catalogue_file) as catalogue,
       (select batch_id from plumbline.batch where received_at >= $1::date order by received_at, batch_id limit 1) as first_batch,
       (select run_id from plumbline.run where command = 'purge' order by today desc, run_id desc limit 1) as purge,
       (select string_agg(run_id::text, ',' order by run_id) from plumbline.run
         where command in ('measure', 'nightly') and today >= $2::date - 8
           and today + (coalesce(finished_at, clock_timestamp())::date - started_at::date) >= $2::date - 7
           and not stages @> '[{"stage": "measure", "out": 0}]') as runs
