-- 0014: readers from a district see the rows of their own district's schools, and nothing by which the others could be told.
-- Rows come out of functions that run with their owner's rights: conditions of the reader's are tried on his own rows alone, a plan
-- counts his own rows alone, and there is no table of his for statistics to be kept about. Views that filter do neither.

create table plumbline.district_reader (
  login text not null,
  district_code text not null,
  known_from timestamptz not null default now(),
  constraint district_reader_pk primary key (login)
);
select plumbline.describe('plumbline.district_reader', '区县读者及其所属区县 | readers from districts',
  'login', '登录名 | login role',
  'district_code', '区县代码 | code of the district whose schools it may read',
  'known_from', '登记时刻 | when it was entered');

create schema district;
comment on schema district is '区县人员查询用视图：只含本区县的学校 | views for readers from a district: the rows of its own schools';
grant usage on schema district to plumbline_district, plumbline_etl;
alter default privileges in schema district grant select on tables to plumbline_district;
alter default privileges in schema district grant execute on functions to plumbline_district;

-- The login counts, not the role that it set itself.
create function plumbline.own_district() returns text
language sql stable security definer set search_path = pg_catalog as $$
  select plumbline.current_area(r.district_code) from plumbline.district_reader r where r.login = session_user
$$;
comment on function plumbline.own_district() is '本登录所属区县的代码；无则为空 | district of this login; null when it has none';

-- admit_reader(): what the person who makes the login runs afterwards.
create function plumbline.admit_reader(login_name text, district text) returns void
language plpgsql set search_path = pg_catalog as $$
begin
  if not exists (select from plumbline.area a where a.area_code = district and a.level = 'district') then
    raise exception 'there is no district %', district;
  end if;
  insert into plumbline.district_reader (login, district_code) values (login_name, district)
  on conflict (login) do update set district_code = excluded.district_code, known_from = now();
end $$;
comment on function plumbline.admit_reader(text, text) is '登记区县读者 | enters a reader from a district, or moves one to another';
revoke execute on function plumbline.admit_reader(text, text) from plumbline_etl;
revoke insert, update, delete on plumbline.district_reader from plumbline_etl;

-- own_view(): district.<name>, the rows of monitor.<name> that are the reader's district's.
create function plumbline.own_view(name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  source regclass := format('monitor.%I', name)::regclass;
  maker text := format('district.%I()', 'rows_of_' || name);
  cols text := (select string_agg(format('%I', c), ', ') from unnest(plumbline.columns(source)) c);
  shape text := (select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
                   from pg_attribute a where a.attrelid = source and a.attnum > 0 and not a.attisdropped);
begin
  if exists (select from pg_proc p where p.oid = to_regprocedure(maker)
                and pg_get_function_result(p.oid) <> format('TABLE(%s)', shape)) then
    execute format('drop function %s cascade', maker);
  end if;
  execute format(
    'create or replace function %s returns table (%s)
     language plpgsql stable security definer set search_path = pg_catalog as $f$
     #variable_conflict use_column
     declare own constant text := plumbline.own_district();
     begin
       return query select %s from %s where district_code = own;
     end $f$', maker, shape, cols, source);
  execute format('comment on function %s is %L', maker, format('本区县的 %1$s | rows of %1$s of the reader''s district', name));
  perform plumbline.put_view('district', name, format('select %s from %s', cols, maker));
  perform plumbline.describe(format('district.%I', name)::regclass, obj_description(source, 'pg_class'));
  perform plumbline.describe_like(format('district.%I', name)::regclass, source);
end $$;
comment on function plumbline.own_view(text) is '建立区县读者的视图 | makes a view of district for a view of monitor';

-- own_views(): for each feed of schools; what the catalogue no longer has goes.
create function plumbline.own_views() returns void
language plpgsql set search_path = pg_catalog as $$
declare
  f record;
begin
  for f in select p.proname from pg_proc p where p.pronamespace = 'district'::regnamespace
              and not exists (select from plumbline.feed x where p.proname = 'rows_of_' || x.view_name and x.grain in ('register', 'school')) loop
    execute format('drop function district.%I() cascade', f.proname);
  end loop;
  for f in select x.view_name from plumbline.feed x where x.grain in ('register', 'school') order by x.position loop
    perform plumbline.own_view(f.view_name);
  end loop;
end $$;
comment on function plumbline.own_views() is '建立区县读者的全部视图 | makes the views of district';
