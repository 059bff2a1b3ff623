-- create_schema: where the ledger of migrations is kept
create schema if not exists plumbline
