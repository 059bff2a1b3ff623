-- 0071: schools that are expected are counted without asking for each of them which district its own has become.

create or replace function plumbline.schools_expected(periods text[], stages text[])
returns table (district_code text, period text, schools bigint)
language plpgsql stable set search_path = pg_catalog as $$
begin
  if to_regclass('feed.schools_version') is not null then
    return query
      with moment as materialized (select p.period, plumbline.period_end(p.period) as ends from unnest(periods) p(period)),
      district as materialized (select d.code, plumbline.current_area(d.code) as current
                                  from (select distinct s.district_code as code from feed.schools s) d),
      version as materialized (select s.school_code, d.current, s.valid_from, s.valid_until
                                 from feed.schools_version s join district d on d.code = s.district_code where s.stage = any (stages))
      select v.current, m.period, count(distinct v.school_code)
        from moment m join version v on v.valid_from <= m.ends and v.valid_until > m.ends
       group by 1, 2;
  end if;
end $$;

create or replace function plumbline.school_stages(periods text[])
returns table (school_code text, period text, stage text)
language plpgsql stable set search_path = pg_catalog as $$
begin
  if to_regclass('feed.schools_version') is not null then
    return query
      with moment as materialized (select p.period, plumbline.period_end(p.period) as ends from unnest(periods) p(period))
      select s.school_code, m.period, s.stage
        from moment m
        join feed.schools_version s on s.valid_from <= m.ends and s.valid_until > m.ends;
  end if;
end $$;
