-- lock_schema: one init at a time, until the transaction ends
select pg_advisory_xact_lock(hashtext('plumbline.migration'))
