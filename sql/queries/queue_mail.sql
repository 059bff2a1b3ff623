-- queue_mail: one mail for one recipient; the same mail again is no new row. $1 recipient, $2 address, $3 message id, $4 subject, $5 bytes (hex), $6 error or null: given up from the start, $7 run
insert into plumbline.outbox (district_code, recipient, address, message_id, subject, content, queued_at, last_error, dead, run_id)
values (coalesce((select area_code from plumbline.recipient where recipient = $1), ''), $1, $2, $3, $4, $5::bytea, plumbline.clock(),
        $6::text, $6::text is not null, nullif($7::bigint, 0))
on conflict on constraint outbox_message_id_uq do nothing
returning outbox_id
