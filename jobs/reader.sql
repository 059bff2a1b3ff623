-- A login for somebody who reads: asks for the password twice and sends only what SCRAM keeps of it. As a superuser:
--   psql -d plumbline -v login=li -v role=plumbline_statistician -f jobs/reader.sql
--   psql -d plumbline -v login=wang -v role=plumbline_district -v district=210102 -f jobs/reader.sql
--   psql -d plumbline -v login=press -v role=plumbline_public -f jobs/reader.sql
-- README says how the server lets them in over the network, and what they put on their side.
\set ON_ERROR_STOP on
set password_encryption = 'scram-sha-256';
begin;
create role :"login" login in role :"role" connection limit 5;
-- A reader can change these for a session; that nothing can be written and only his own can be read rests on what is granted.
alter role :"login" set default_transaction_read_only = on;
alter role :"login" set statement_timeout = '5min';
alter role :"login" set idle_in_transaction_session_timeout = '10min';
alter role :"login" set search_path = monitor, published, district;
\if :{?district}
set local role plumbline_owner;
select plumbline.admit_reader(:'login', :'district');
reset role;
\endif
commit;
\password :login
