-- monitor.batch: files that were taken in or refused.
drop view if exists monitor.batch;
create view monitor.batch as
select batch_id, run_id, sha256, file_name, file_bytes, feed, status, reason, encoding, separator, header_line, period_first,
       period_last, rows_read, rows_accepted, rows_added, rows_changed, rows_retired, rows_rejected, rows_provisional, cells_suppressed,
       simulated,
       received_at
  from plumbline.batch where received_at <= (select plumbline.seen_at());
select plumbline.describe('monitor.batch', '批次：收到的文件 | batches: files that were taken in or refused');
select plumbline.describe_like('monitor.batch', 'plumbline.batch');
