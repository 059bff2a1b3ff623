-- A made-up city as measure would leave it on 20 November 2022: 13 districts, seven waves of myopia, verdicts of every kind.
-- Needs the schema alone; areas, indicators and targets are the standard catalogue's.
select plumbline.ensure_year('plumbline.estimate', y) from generate_series(2019, 2022) y;

insert into plumbline.batch (sha256, file_name, file_bytes, feed, status, simulated, received_at)
values (repeat('a', 64), 'myopia-2022.csv', 1000, 'myopia', 'loaded', true, '2022-11-19 08:00+08');

create temp table f_area (area_code text, i int) on commit drop;
insert into f_area
select code, n - 1 from unnest(array['210100', '210102', '210103', '210104', '210105', '210106', '210111', '210112', '210113',
                                     '210114', '210115', '210123', '210124', '210181']) with ordinality t(code, n);

-- A number between -0.5 and 0.5, the same every time.
create function pg_temp.noise(what text, a int, b int) returns float8 language sql immutable as
$$ select ('x' || left(md5(what || a || '-' || b), 4))::bit(16)::int / 65535.0 - 0.5 $$;

-- Sampled indicators: level by district, drift by district after autumn 2021.
create temp table f_sample (indicator text, level float8, slope float8, half float8) on commit drop;
insert into f_sample values ('myopia', 58, 0.1, 1.3), ('overweight', 14.2, 0.25, 0.7), ('obesity', 11.4, 0.3, 0.6);
create temp table f_wave (indicator text, period text, k int) on commit drop;
insert into f_wave
select 'myopia', p, n from unnest(array['2019-spring', '2019-autumn', '2020-spring', '2020-autumn', '2021-spring', '2021-autumn',
                                        '2022-spring']) with ordinality t(p, n)
union all
select s, p, n from unnest(array['overweight', 'obesity']) s,
                    unnest(array['2019-autumn', '2020-autumn', '2021-autumn', '2022-autumn']) with ordinality t(p, n);
create temp table f_drift (indicator text, area_code text, extra float8) on commit drop;
insert into f_drift values ('myopia', '210103', 2.4), ('myopia', '210104', 1.9), ('myopia', '210181', 0.9), ('myopia', '210106', -1.4),
                           ('obesity', '210103', 1.3), ('overweight', '210114', 0.8);

insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, numerator, denominator, value, low95,
  high95, value_std, low95_std, high95_std, schools_reporting, schools_expected, provisional, known_from)
select a.area_code, left(w.period, 4)::int, s.indicator, a.area_code, w.period, 'all', round(v * 300), 30000, v + 0.4, v + 0.4 - h,
       v + 0.4 + h, v, v - h, v + h, n - (a.i + w.k) % 3, n, false, '2022-11-19 09:00+08'
  from f_sample s join f_wave w on w.indicator = s.indicator cross join f_area a
  left join f_drift d on d.indicator = s.indicator and d.area_code = a.area_code and w.period like '2022%'
 cross join lateral (select s.level + (a.i % 5 - 2) * s.level * 0.02 + s.slope * w.k / 2 + pg_temp.noise(s.indicator, a.i, w.k) * s.half * 0.5
                            + coalesce(d.extra, 0) - case when w.period like '2022%' and d.extra is null then 0.45 else 0 end) x(v)
 cross join lateral (select case when a.i = 0 then s.half / 3 else s.half end) y(h)
 cross join lateral (select case when a.i = 0 then 573 else 30 + a.i end) z(n)
 where not (a.area_code = '210124' and w.period not in ('2022-spring', '2022-autumn'));

create temp table f_sampled (target text, indicator text, kind text) on commit drop;
insert into f_sampled values ('myopia_change', 'myopia', 'change'), ('overweight_growth', 'overweight', 'cut'), ('obesity_growth', 'obesity', 'cut');

create function pg_temp.wave(indicator text, area_code text, period text) returns plumbline.estimate language sql as
$$ select e from plumbline.estimate e where e.indicator = $1 and e.area_code = $2 and e.period = $3 and e.stratum = 'all' $$;

insert into plumbline.verdict (district_code, plan, target, indicator, area_code, as_of, period, baseline_value, baseline_source,
  value_now, low95, high95, numerator, denominator, path_now, target_value, deadline, deviation, deviation_se, projected,
  projected_low95, projected_high95, p_value, q_value, probability_met, fires, complete, schools_reporting, schools_expected, verdict,
  official_class, reason, reason_en, known_from)
select area_code, '2022', target, indicator, area_code, plumbline.period_end(period), period, baseline, 'data', now_, low, high,
       numerator, denominator, path, aim, '2022-12-31', gap, 0.5, projected, projected - 1.1, projected + 1.1, least(1, greatest(0.001, 0.6 - gap / 2)),
       least(1, greatest(0.002, 0.8 - gap / 2)), least(1, greatest(0, p)), gap > 1, true, reporting, expected,
       case when gap > 2 then 'worsening' when gap > 1 then 'off_track' when p >= 0.8 then 'on_track' else 'uncertain' end, null,
       format('与路径相差%s个百分点,%s所学校两期都报。', round(gap::numeric, 1), reporting),
       format('%s points from the path; %s schools reported both times.', round(gap::numeric, 1), reporting), '2022-11-20 01:00+08'
  from (select a.area_code, t.target, t.indicator, n.period, b.value_std as baseline, n.value_std as now_, n.low95_std as low,
               n.high95_std as high, n.numerator, n.denominator, n.schools_reporting as reporting, n.schools_expected as expected,
               b.value_std + cut * share as path, b.value_std + cut as aim, n.value_std - b.value_std - cut * share as gap,
               case when share < 1 then n.value_std + (n.value_std - b.value_std) * 0.5 end as projected,
               0.62 - (n.value_std - b.value_std - cut * share) / 2 as p
          from f_sampled t cross join f_area a
         cross join lateral (select (pg_temp.wave(t.indicator, a.area_code, '2021-autumn')).*) b
         cross join lateral (select (pg_temp.wave(t.indicator, a.area_code, case when t.kind = 'change' then '2022-spring' else '2022-autumn' end)).*) n
         cross join lateral (select case when t.kind = 'change' then -0.5 else 0.06 end as cut,
                                    case when t.kind = 'change' then 0.5 else 1.0 end as share) c
         where a.area_code <> '210124') x;
insert into plumbline.verdict (district_code, plan, target, indicator, area_code, as_of, period, baseline_source, deadline, value_now,
  fires, complete, schools_reporting, schools_expected, verdict, reason, reason_en, known_from)
select '210124', '2022', target, indicator, '210124', plumbline.period_end('2022-spring'), '2022-spring', 'none', '2022-12-31',
       (pg_temp.wave(indicator, '210124', case when kind = 'change' then '2022-spring' else '2022-autumn' end)).value_std, false, false, 12, 33,
       'cannot_tell', '缺少2021年秋季基线。', 'no baseline of autumn 2021.', '2022-11-20 01:00+08'
  from f_sampled;

-- Shares counted in full: value now by district, two or three periods.
create temp table f_share (target text, indicator text, kind text, aim float8, base float8, now_ float8, spread float8, periods text[]) on commit drop;
insert into f_share values
  ('kindergarten_public', 'kindergarten_public_share', 'level', 54, 51.4, 54.6, 3, '{2021-autumn,2022-spring,2022-autumn}'),
  ('kindergarten_inclusive', 'kindergarten_inclusive_share', 'floor', 85, 87.3, 86.6, 3, '{2021-autumn,2022-spring,2022-autumn}'),
  ('kindergarten_star', 'kindergarten_star_share', 'level', 65, 58, 67.5, 6, '{2021-autumn,2022-spring,2022-autumn}'),
  ('quality_coverage', 'quality_coverage', 'level', 99, 97.4, 99.4, 0.9, '{2021-autumn,2022-spring,2022-autumn}'),
  ('senior_recognised', 'senior_recognised_share', 'level', 65, 61, 67.2, 5, '{2021-autumn,2022-spring,2022-autumn}'),
  ('after_school_5plus2', 'after_school_5plus2', 'level', 100, 91, 100, 0, '{2022-03,2022-04,2022-05,2022-06,2022-09,2022-10}'),
  ('after_school_served', 'after_school_served', 'level', 100, 93, 99.1, 1.6, '{2022-03,2022-04,2022-05,2022-06,2022-09,2022-10}'),
  ('management_standard', 'management_standard', 'level', 100, 62, 91, 5, '{2022-03,2022-06,2022-09,2022-10}');
insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, numerator, denominator, value,
  schools_reporting, schools_expected, provisional, known_from)
select a.area_code, left(p, 4)::int, s.indicator, a.area_code, p, 'all', round(v * 80), 8000, v, 60 + a.i - (a.area_code = '210123')::int * 30, 60 + a.i,
       a.area_code = '210123', '2022-11-19 09:00+08'
  from f_share s cross join f_area a, unnest(s.periods) with ordinality w(p, k)
 cross join lateral (select least(100, s.base + (s.now_ - s.base) * k / cardinality(s.periods)
                            + case when a.i = 0 then 0 else pg_temp.noise(s.target, a.i, 3) * s.spread end)) x(v);
insert into plumbline.verdict (district_code, plan, target, indicator, area_code, as_of, period, baseline_value, baseline_source,
  value_now, numerator, denominator, path_now, target_value, deadline, deviation, fires, complete, schools_reporting, schools_expected,
  verdict, reason, reason_en, known_from)
select area_code, '2022', target, indicator, area_code, plumbline.period_end(period), period, base, 'data', value, numerator, denominator, path,
       aim, '2022-12-31', gap, gap > 0.8, not provisional, schools_reporting, schools_expected,
       case when gap > 0.8 then 'off_track' when value >= aim and kind <> 'floor' then 'met' when gap <= 0 then 'on_track' else 'uncertain' end,
       format('%s/%s。', numerator, denominator), format('%s of %s.', numerator, denominator), '2022-11-20 01:00+08'
  from (select e.*, s.target, s.aim, s.kind, first.value as base, path, path - e.value as gap
          from f_share s join plumbline.estimate e on e.indicator = s.indicator and e.period = s.periods[cardinality(s.periods)]
          join plumbline.estimate first on first.indicator = s.indicator and first.area_code = e.area_code and first.period = s.periods[1]
         cross join lateral (select case when s.kind = 'floor' then s.aim else first.value + (s.aim - first.value)
                * (plumbline.period_end(e.period) - plumbline.period_end(first.period))
                / ('2022-12-31'::date - plumbline.period_end(first.period)) end as path) p) x;

-- Counts of the city, cumulative by month; some behind, one not reported at all.
create temp table f_count (target text, aim float8, pace float8) on commit drop;
insert into f_count
select t, v, (array[1.06, 0.97, 1.2, 0.78, 1.0, 1.1, 0.93, 1.02, 0.6])[n % 9 + 1]
  from unnest(array['party_demo_schools', 'party_cases', 'party_topics', 'civics_lessons', 'civics_plans', 'civics_micro_lessons',
                    'civics_studios', 'civics_projects', 'sports_teams', 'arts_teams', 'mental_health_teams', 'labour_courses',
                    'public_kindergartens', 'quality_balanced_schools', 'senior_quality_schools', 'senior_reform_schools',
                    'senior_guidance_schools', 'senior_character_schools', 'student_clubs', 'training_bases', 'community_colleges',
                    'community_centres', 'residents_schools', 'learning_points', 'parents_schools', 'community_hours',
                    'community_courses', 'projects_completed', 'projects_started', 'video_security', 'principal_workshops',
                    'teacher_studios', 'smart_districts', 'smart_schools'],
              array[30, 100, 100, 300, 300, 300, 50, 100, 30, 30, 30, 20, 20, 85, 10, 10, 10, 20, 30, 13, 5, 20, 100, 300, 100, 10000, 500,
                    171, 105, 580, 10, 50, 7, 20]) with ordinality x(t, v, n);
insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, numerator, value, schools_reporting,
  schools_expected, provisional, known_from)
select '210100', 2022, target, '210100', p, 'all', floor(aim * pace * k / 12), floor(aim * pace * k / 12), 0, 0, false, '2022-11-19 09:00+08'
  from f_count, (values ('2022-03', 3), ('2022-06', 6), ('2022-09', 9), ('2022-10', 10)) w(p, k);
insert into plumbline.verdict (district_code, plan, target, indicator, area_code, as_of, period, baseline_value, baseline_source,
  value_now, numerator, path_now, target_value, deadline, deviation, fires, complete, schools_reporting, schools_expected, verdict, reason,
  reason_en, known_from)
select '210100', '2022', target, target, '210100', '2022-10-31', '2022-10', 0, 'catalogue', done, done, path, aim, '2022-12-31', path - done,
       done < 0.9 * path, true, 0, 0, case when done >= aim then 'met' when done >= path then 'on_track' when done < 0.9 * path then 'off_track' else 'uncertain' end,
       format('完成%s,应完成%s。', done, round(path::numeric, 1)), format('%s done, %s due.', done, round(path::numeric, 1)), '2022-11-20 01:00+08'
  from (select target, aim, floor(aim * pace * 10 / 12) as done, aim * 304 / 365 as path from f_count) x;
insert into plumbline.verdict (district_code, plan, target, indicator, area_code, as_of, period, baseline_value, baseline_source,
  value_now, numerator, path_now, target_value, deadline, deviation, fires, complete, schools_reporting, schools_expected, verdict, reason,
  reason_en, known_from)
values ('210100', '2022', 'kindergarten_places', 'kindergarten_inclusive_places', '210100', '2022-07-31', '2022-spring', 251234, 'data', 253890,
        253890, 251234 + 5000 * 212.0 / 365, 256234, '2022-12-31', 5000 * 212.0 / 365 - 2656, false, true, 1100, 1134, 'uncertain',
        '净增2656个学位。', '2,656 places more.', '2022-11-20 01:00+08');
insert into plumbline.verdict (district_code, plan, target, indicator, area_code, as_of, period, baseline_value, baseline_source,
  value_now, path_now, target_value, deadline, deviation, fires, complete, schools_reporting, schools_expected, verdict, reason, reason_en, known_from)
select a, '2022', t, t, a, d, p, 0, 'catalogue', n, case when n is null then null else aim * 304.0 / 365 end, aim, '2022-12-31', aim * 304.0 / 365 - n, false,
       n is not null, 0, 0, case when n is null then 'cannot_tell' when n >= aim then 'met' else 'uncertain' end,
       case when n is null then '尚未填报。' else format('已通过%s个。', n) end, case when n is null then 'nothing reported.' else format('%s passed.', n) end,
       '2022-11-20 01:00+08'
  from (values ('210100', 'quality_balance_review', 3, 2, '2022-10-31'::date, '2022-10'), ('210103', 'quality_balance_review', 1, 1, '2022-10-31', '2022-10'),
               ('210113', 'quality_balance_review', 1, 1, '2022-10-31', '2022-10'), ('210112', 'quality_balance_review', 1, null, null, null),
               ('210100', 'preschool_evaluation', 5, 1, '2022-10-31', '2022-10'), ('210102', 'preschool_evaluation', 1, 1, '2022-10-31', '2022-10'),
               ('210103', 'preschool_evaluation', 1, null, null, null), ('210112', 'preschool_evaluation', 1, null, null, null),
               ('210114', 'preschool_evaluation', 1, null, null, null), ('210113', 'preschool_evaluation', 1, null, null, null)) v(a, t, aim, n, d, p);
