-- create_migration: the ledger of migrations
create table if not exists plumbline.migration (
  file_name text not null,
  sha256 text not null,
  applied_at timestamptz not null default now(),
  constraint migration_pk primary key (file_name)
)
