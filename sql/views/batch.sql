-- monitor.batch: files that were taken in or refused. As of a moment before it was withdrawn, a batch was loaded.
drop view if exists monitor.batch;
create view monitor.batch as
select batch_id, run_id, sha256, file_name, file_bytes, feed,
       case when exists (select from plumbline.batch_event e where e.batch_id = b.batch_id and e.event = 'withdraw'
                            and e.happened_at > (select plumbline.seen_at())) then 'loaded' else status end as status,
       case when not exists (select from plumbline.batch_event e where e.batch_id = b.batch_id and e.event = 'withdraw'
                                and e.happened_at > (select plumbline.seen_at())) then reason end as reason,
       encoding, separator, header_line, period_first, period_last, rows_read, rows_accepted, rows_added, rows_changed, rows_retired,
       rows_rejected, rows_provisional, cells_suppressed, simulated, received_at
  from plumbline.batch b where received_at <= (select plumbline.seen_at());
select plumbline.describe('monitor.batch', '批次：收到的文件 | batches: files that were taken in or refused');
select plumbline.describe_like('monitor.batch', 'plumbline.batch');
