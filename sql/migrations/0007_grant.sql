-- 0007: who may do what. None of the roles logs in; a login is made a member of one.
-- plumbline_owner owns everything and runs init. plumbline_etl runs the night. plumbline_statistician reads monitor.
-- plumbline_district and plumbline_public get nothing yet: what they may read is protected before it is granted.

grant usage on schema plumbline, feed, indicator, monitor to plumbline_etl;
grant select, insert, update, delete on all tables in schema plumbline to plumbline_etl;
grant execute on all functions in schema plumbline, monitor to plumbline_etl;
alter default privileges in schema plumbline grant select, insert, update, delete on tables to plumbline_etl;
alter default privileges in schema plumbline grant execute on functions to plumbline_etl;
alter default privileges in schema feed grant select, insert, update, delete on tables to plumbline_etl;
alter default privileges in schema indicator grant select on tables to plumbline_etl;

-- Monitor holds views alone. A view reads its tables with its owner's rights, but runs its functions with the reader's.
grant usage on schema monitor to plumbline_statistician;
grant execute on function monitor.as_of(timestamptz), plumbline.seen_at() to plumbline_statistician;
alter default privileges in schema monitor grant select on tables to plumbline_statistician, plumbline_etl;
