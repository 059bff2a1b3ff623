-- Counts of pupils in 60 districts, 4 grades and both sexes, small enough that many are sensitive; from_cells() makes estimates of them.
set client_min_messages = warning;
create table public.cell as
select a.area_code, g || '/' || s as stratum, g as grade, s as sex, h.hash, 20 + h.hash % 113 as n,
       floor((20 + h.hash % 113) * (array[0.03, 0.12, 0.3, 0.5, 0.75, 0.95])[1 + h.hash / 113 % 6])::int as x
  from plumbline.area a, unnest(array['P1', 'P2', 'P3', 'P4']) g, unnest(array['M', 'F']) s,
       lateral (select abs(hashtext(a.area_code || g || s)) % 100003 as hash) h
 where a.level = 'district' and a.valid_to = 'infinity';
select plumbline.ensure_year('plumbline.estimate', 2022);
create function public.from_cells() returns void language sql as $$
  delete from plumbline.estimate;
  insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, numerator, denominator, value, low95, high95,
    schools_reporting, schools_expected, provisional, known_from)
  select coalesce(area_code, '210100'), 2022, 'myopia', coalesce(area_code, '210100'), '2022-autumn',
         case grouping(grade, sex) when 3 then 'all' when 2 then sex when 1 then grade else grade || '/' || sex end, sum(x), sum(n), 100.0 * sum(x) / sum(n),
         null, null, 1, 1, false, now()
    from public.cell group by cube (area_code), cube (grade, sex)
$$;
select public.from_cells();
alter database plumbline set search_path = public;
