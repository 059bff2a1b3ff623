-- Ten years of the city out of the one that is there: a period a month and six days a year, by the rows of one term with other counts; about four million rows.
set client_min_messages = warning;
select plumbline.ensure_slice(f, y, format('%s-%s', y, lpad(m::text, 2, '0')) || d, '210102')
  from unnest(array['myopia', 'weight', 'places']) f, generate_series(2013, 2022) y, generate_series(1, 12) m, unnest(array['', '-15']) d
 where d = '' or m % 2 = 0;
select plumbline.ensure_slice('after_school', y, format('%s-%s', y, lpad(m::text, 2, '0')), '210102') from generate_series(2013, 2021) y, generate_series(1, 12) m;
create temp table month as
select y, format('%s-%s', y, lpad(m::text, 2, '0')) || d as period from generate_series(2013, 2022) y, generate_series(1, 12) m, unnest(array['', '-15']) d where d = '' or m % 2 = 0;
insert into feed.myopia (district_code, year, school_code, period, grade, sex, examined, myopic, batch_id, line_no, provisional, known_from)
select district_code, y, school_code, m.period, grade, sex, examined, least(examined, round(myopic * (0.9 + random() / 5))), batch_id, line_no, false, '2022-09-01'
  from feed.myopia f, month m where f.year = 2021 and f.period = '2021-autumn';
insert into feed.weight (district_code, year, school_code, period, grade, sex, examined, overweight, obese, batch_id, line_no, provisional, known_from)
select district_code, y, school_code, m.period, grade, sex, examined, overweight, obese, batch_id, line_no, false, '2022-09-01'
  from feed.weight f, month m where f.year = 2021 and f.period = '2021-autumn';
insert into feed.places (district_code, year, school_code, period, places, enrolled, batch_id, line_no, provisional, known_from)
select district_code, y, school_code, m.period, places, enrolled, batch_id, line_no, false, '2022-09-01'
  from feed.places f, month m where f.year = 2021 and f.period = '2021-autumn';
insert into feed.after_school (district_code, year, school_code, period, enrolled, willing, served, days_per_week, hours_per_day, batch_id, line_no, provisional, known_from)
select district_code, y, school_code, m.period, enrolled, willing, served, days_per_week, hours_per_day, batch_id, line_no, false, '2022-09-01'
  from feed.after_school f, month m where f.year = 2022 and f.period = '2022-03' and y < 2022 and length(m.period) = 7;
select plumbline.ensure_year('plumbline.estimate', y) from generate_series(2013, 2022) y;
insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, numerator, denominator, value, low95, high95, value_std,
  low95_std, high95_std, schools_reporting, schools_expected, provisional, run_id, known_from)
select district_code, y, indicator, area_code, m.period, stratum, numerator, denominator, value, low95, high95, value_std, low95_std, high95_std,
       schools_reporting, schools_expected, false, run_id, '2022-09-01'
  from plumbline.estimate e, month m where e.period = '2021-autumn' on conflict do nothing;
analyze;
