-- 0073: the newest period of a feed is found by the index on its indicators' periods, and its schools by the year's rows alone.
create or replace function plumbline.schools_missing()
returns table (feed text, period text, district_code text, school_code text, name text)
language plpgsql stable set search_path = pg_catalog as $$
#variable_conflict use_column
declare
  f plumbline.feed;
  newest text;
  newest_year smallint;
begin
  if to_regclass('feed.schools_version') is null then
    return;
  end if;
  for f in select * from plumbline.feed x where x.grain = 'school' and plumbline.feed_table(x.feed) is not null order by x.position loop
    -- The name of a period begins with its year.
    select max(left(l.period, 4))::smallint into newest_year
      from plumbline.indicator i
      cross join lateral (select e.period from plumbline.estimate e where e.indicator = i.indicator and e.stratum = 'all'
                           order by e.period desc limit 1) l
     where i.feed = f.feed;
    newest := null;
    if newest_year is not null then
      execute 'select e.period from plumbline.estimate e join plumbline.indicator i on i.indicator = e.indicator and i.feed = $1
                where e.stratum = ''all'' and e.year = $2 order by plumbline.period_end(e.period) desc limit 1' into newest using f.feed, newest_year;
    end if;
    return query execute format($q$
      select %L, $1, plumbline.current_area(s.district_code), s.school_code, s.name
        from feed.schools_version s
       where s.valid_from <= plumbline.period_end($1) and s.valid_until > plumbline.period_end($1) and s.stage = any (string_to_array($2, ';'))
         and not exists (select from %s t where t.school_code = s.school_code and t.%I = $1 and t.year = left($1, 4)::smallint)
       order by 3, s.name collate "zh-x-icu" $q$,
      f.feed, plumbline.feed_table(f.feed), plumbline.period_column(f.feed)) using newest, f.stages;
  end loop;
end $$;
