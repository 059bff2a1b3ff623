-- count_files: files and rows in the ledger, and whether any file says that its data are simulated
select count(*) filter (where status = 'loaded') as loaded, count(*) filter (where status = 'refused') as refused,
       coalesce(sum(rows_accepted) filter (where status = 'loaded'), 0) as rows,
       coalesce(sum(rows_rejected), 0) as rejected, coalesce(bool_or(simulated) filter (where status = 'loaded'), false) as simulated
  from plumbline.batch
