-- make_roles: what belongs to the cluster and to the database rather than into a backup: roles, and who may connect
do $$
declare
  r text;
begin
  foreach r in array array['plumbline_owner', 'plumbline_etl', 'plumbline_statistician', 'plumbline_district', 'plumbline_public'] loop
    begin
      if not exists (select from pg_roles where rolname = r) then
        execute format('create role %I nologin', r);
      end if;
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
  if not pg_has_role('plumbline_owner', 'member') then
    grant plumbline_owner to current_user;
  end if;
  execute format('revoke connect, temporary on database %I from public', current_database());
  execute format('grant create, connect, temporary on database %I to plumbline_owner', current_database());
  execute format('grant connect on database %I to plumbline_etl, plumbline_statistician, plumbline_district, plumbline_public', current_database());
  execute format('grant temporary on database %I to plumbline_etl, plumbline_statistician', current_database());
end $$
