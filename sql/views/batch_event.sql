-- monitor.batch_event: what people decided about batches.
drop view if exists monitor.batch_event;
create view monitor.batch_event as
select batch_event_id, batch_id, event, comment, actor, happened_at, rows_changed
  from plumbline.batch_event where happened_at <= (select plumbline.seen_at());
select plumbline.describe('monitor.batch_event', '对批次的处理：确认或撤回 | what people decided about a batch: confirmed or withdrawn');
select plumbline.describe_like('monitor.batch_event', 'plumbline.batch_event');
