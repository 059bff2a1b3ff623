-- Counts of pupils in 60 districts, six grades and both sexes, drawn from a seed: a district has from a handful to hundreds of pupils of a grade
-- and sex, few first graders are short-sighted and most of the sixth. from_cells() makes estimates of them; correct() is what a school's
-- corrected file does.
set client_min_messages = warning;
create function public.uniform(what text) returns double precision language sql immutable as $$
  select ((hashtextextended(what, 20221231) & 4294967295) + 0.5) / 4294967296.0
$$;
create function public.normal(what text) returns double precision language sql immutable as $$
  select sqrt(-2 * ln(public.uniform(what || ' radius'))) * cos(2 * pi() * public.uniform(what || ' angle'))
$$;
create table public.cell as
select area_code, grade || '/' || sex as stratum, grade, sex, n, least(n, greatest(0, round(n * p + sqrt(n * p * (1 - p)) * public.normal(cell || ' drawn'))))::int as x
  from (select a.area_code, g as grade, s as sex, a.area_code || g || s as cell,
               greatest(3, round(exp(4.2 + 0.9 * public.normal(a.area_code || ' size') + 0.15 * public.normal(a.area_code || g || s || ' size'))))::int as n,
               1 / (1 + exp(2.4 - 0.6 * (place - 1) - case s when 'F' then 0.3 else 0 end - 0.3 * public.normal(a.area_code || ' level'))) as p
          from plumbline.area a, unnest(array['P1', 'P2', 'P3', 'P4', 'P5', 'P6']) with ordinality grade(g, place), unnest(array['M', 'F']) s
         where a.level = 'district' and a.valid_to = 'infinity') drawn;
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

-- Every fifth district has a school whose pupils of one grade were counted wrongly: some more, some fewer, some of them short-sighted.
create function public.correct(round text) returns void language sql as $$
  update public.cell c set n = c.n + d.n, x = greatest(0, least(c.x + d.x, c.n + d.n))
    from (select area_code, stratum, floor(5 * public.uniform(round || area_code || stratum || ' pupils'))::int as n,
                 floor(5 * public.uniform(round || area_code || stratum || ' myopic'))::int - 2 as x
            from public.cell
           where public.uniform(round || area_code) < 0.2
             and grade = 'P' || 1 + floor(6 * public.uniform(round || area_code || ' grade'))) d
   where c.area_code = d.area_code and c.stratum = d.stratum;
  select public.from_cells()
$$;
select public.from_cells();
alter database plumbline set search_path = public;
