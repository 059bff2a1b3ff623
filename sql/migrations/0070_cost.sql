-- 0070: what a night asks of the ledgers is found by an index, however many years they hold.
create index run_command on plumbline.run (command, today);
create index run_unfinished on plumbline.run (run_id) where finished_at is null and error is null;
create index batch_feed on plumbline.batch (feed, batch_id) where status = 'loaded';
create index batch_received on plumbline.batch (received_at);
create index batch_simulated on plumbline.batch (batch_id) where status = 'loaded' and simulated;
create index batch_refused on plumbline.batch (received_at) where status = 'refused';
create index alert_event_at on plumbline.alert_event (at);
create index outbox_recipient on plumbline.outbox (recipient, queued_at);
