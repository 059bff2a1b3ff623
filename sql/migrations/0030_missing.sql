-- 0030: which schools a report's readers have to call.

-- schools_missing(): schools that are open at the end of each feed's newest period, have to report, and have not.
create function plumbline.schools_missing()
returns table (feed text, period text, district_code text, school_code text, name text)
language plpgsql stable set search_path = pg_catalog as $$
#variable_conflict use_column
declare
  f plumbline.feed;
  newest text;
begin
  if to_regclass('feed.schools_version') is null then
    return;
  end if;
  for f in select * from plumbline.feed x where x.grain = 'school' and plumbline.feed_table(x.feed) is not null order by x.position loop
    select e.period into newest
      from plumbline.estimate e
      join plumbline.indicator i on i.indicator = e.indicator and i.feed = f.feed
     where e.stratum = 'all' and e.year = (select max(l.year) from plumbline.estimate l join plumbline.indicator k on k.indicator = l.indicator
                                            where k.feed = f.feed)
     order by plumbline.period_end(e.period) desc
     limit 1;
    return query execute format($q$
      select %L, $1, plumbline.current_area(s.district_code), s.school_code, s.name
        from feed.schools_version s
       where s.valid_from <= plumbline.period_end($1) and s.valid_until > plumbline.period_end($1) and s.stage = any (string_to_array($2, ';'))
         and not exists (select from %s t where t.school_code = s.school_code and t.%I = $1 and t.year = left($1, 4)::smallint)
       order by 3, s.name collate "zh-x-icu" $q$,
      f.feed, plumbline.feed_table(f.feed), plumbline.period_column(f.feed)) using newest, f.stages;
  end loop;
end $$;
comment on function plumbline.schools_missing() is
  '各类填报最近一期应报未报的学校 | schools that have to report the newest period of each feed and have not';
