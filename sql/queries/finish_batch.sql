-- finish_batch: what became of it. $1 batch_id, $2 feed, $3 status, $4 reason, $5 encoding, $6 separator, $7 header line,
-- $8 first period, $9 last period, $10 rows read, $11 accepted, $12 added, $13 changed, $14 retired, $15 rejected, $16 provisional,
-- $17 simulated, $18 cells suppressed
update plumbline.batch
   set feed = $2, status = $3, reason = $4, encoding = $5, separator = $6, header_line = $7::integer, period_first = $8, period_last = $9,
       rows_read = $10::bigint, rows_accepted = $11::bigint, rows_added = $12::bigint, rows_changed = $13::bigint,
       rows_retired = $14::bigint, rows_rejected = $15::bigint, rows_provisional = $16::bigint, simulated = $17::boolean,
       cells_suppressed = $18::bigint
 where batch_id = $1::bigint
