-- 0015: what moved since a moment, and by which files; names in the order of pinyin.

-- moved_rows(): by whom the rows of a feed were moved after a moment. A row that came did it by its batch, one that was superseded by
-- the batch that superseded it, one that is gone by the batch that was complete without it, or that was withdrawn.
create function plumbline.moved_rows(feed_name text, since timestamptz)
returns table (district_code text, period text, batch_id bigint, moved_at timestamptz)
language plpgsql stable set search_path = pg_catalog as $$
declare
  period_name text := plumbline.period_column(feed_name);
  target regclass := plumbline.feed_table(feed_name);
begin
  return query execute format($q$
    with came as (
      select district_code, %1$s as period, batch_id, known_from as moved_at from %2$s where known_from > $1
      union
      select district_code, %1$s, batch_id, known_from from %3$s where known_from > $1),
    gone as (select distinct district_code, %1$s as period, batch_id, known_to as moved_at from %3$s where known_to > $1)
    select * from came
    union
    select g.district_code, g.period, coalesce(e.batch_id, b.batch_id), g.moved_at
      from gone g
      left join plumbline.batch_event e on e.happened_at = g.moved_at and e.batch_id = g.batch_id
      left join plumbline.batch b on b.received_at = g.moved_at and b.feed = %4$L
     where e.batch_id is not null or b.batch_id is not null $q$,
    coalesce(quote_ident(period_name), 'null::text'), target, plumbline.history_of(target), feed_name) using since;
end $$;
comment on function plumbline.moved_rows(text, timestamptz) is
  '某时刻以来各批次改动的数据所属区县与时期 | districts and periods in which batches moved rows of a feed after a moment';

create function plumbline.moving_batches(since timestamptz)
returns table (indicator text, district_code text, period text, batch_id bigint, moved_at timestamptz)
language plpgsql stable set search_path = pg_catalog as $$
declare
  f record;
begin
  for f in select x.feed, x.grain from plumbline.feed x where plumbline.feed_table(x.feed) is not null loop
    return query
      select i.indicator, m.district_code, m.period, m.batch_id, m.moved_at
        from plumbline.moved_rows(f.feed, since) m
        join plumbline.indicator i on i.feed = f.feed
             or f.grain = 'register' and exists (select from plumbline.feed y where y.feed = i.feed and y.grain = 'school');
  end loop;
end $$;
comment on function plumbline.moving_batches(timestamptz) is
  '某时刻以来改动各指标数据的批次 | batches that moved the data of each indicator after a moment';

-- changes_since(): a figure then and now (as the session sees now), and the batches that moved its area's data between. A city has the
-- batches of all its districts; a trend or verdict those of all periods.
create function monitor.changes_since(since timestamptz)
returns table (figure text, plan text, target text, indicator text, area_code text, period text, stratum text,
               value_before double precision, value_after double precision, verdict_before text, verdict_after text,
               changed_at timestamptz, batch_ids bigint[])
language plpgsql stable security definer set search_path = pg_catalog as $$
#variable_conflict use_column
declare
  seen constant timestamptz := plumbline.seen_at();
begin
  return query
  with moves as materialized (select * from plumbline.moving_batches(since)),
  estimates as (
    select *, null::timestamptz as known_to from plumbline.estimate where known_from > since
    union all
    select * from plumbline.estimate_history where known_to > since),
  trends as (
    select *, null::timestamptz as known_to from plumbline.trend where known_from > since
    union all
    select * from plumbline.trend_history where known_to > since),
  verdicts as (
    select *, null::timestamptz as known_to from plumbline.verdict where known_from > since
    union all
    select * from plumbline.verdict_history where known_to > since),
  figures as (
    select 'estimate' as figure, null as plan, null as target, e.indicator, e.area_code, e.period, e.stratum, e.value, null as word,
           e.known_from, e.known_to from estimates e
    union all
    select 'trend', null, null, t.indicator, t.area_code, null, null, t.slope, null, t.known_from, t.known_to from trends t
    union all
    select 'verdict', v.plan, v.target, v.indicator, v.area_code, null, null, v.value_now, v.verdict, v.known_from, v.known_to from verdicts v),
  pairs as (
    select f.figure, f.plan, f.target, f.indicator, f.area_code, f.period, f.stratum,
           max(f.value) filter (where f.known_from <= since) as value_before,
           max(f.value) filter (where f.known_from > since and f.known_from <= seen and (f.known_to is null or f.known_to > seen)) as value_after,
           max(f.word) filter (where f.known_from <= since) as verdict_before,
           max(f.word) filter (where f.known_from > since and f.known_from <= seen and (f.known_to is null or f.known_to > seen)) as verdict_after,
           max(case when f.known_from > since then f.known_from else f.known_to end) as changed_at
      from figures f
     where f.known_from <= seen
     group by 1, 2, 3, 4, 5, 6, 7)
  select p.figure, p.plan, p.target, p.indicator, p.area_code, p.period, p.stratum, p.value_before, p.value_after, p.verdict_before,
         p.verdict_after, p.changed_at,
         array(select distinct m.batch_id from moves m
                where m.indicator = p.indicator and m.moved_at <= p.changed_at
                  and (m.district_code = p.area_code or exists (select from plumbline.area a where a.area_code = p.area_code and a.level = 'city'))
                  and (m.period is null or p.period is null or m.period = p.period)
                order by m.batch_id)
    from pairs p
   where p.value_before is distinct from p.value_after or p.verdict_before is distinct from p.verdict_after
   order by p.figure, p.indicator, p.target, p.area_code, plumbline.period_end(p.period), p.stratum;
end $$;
comment on function monitor.changes_since(timestamptz) is
  '某时刻以来变动的数字及引起变动的批次：figure 为 estimate（率%或个数）、trend（年变化，百分点/年或个/年）、verdict（现值与判定） | figures that moved since a moment, and the batches that moved them: figure is estimate (percent or items), trend (slope, percentage points or items a year) or verdict (value now, and verdict)';
grant execute on function monitor.changes_since(timestamptz) to plumbline_statistician;

-- ---------------------------------------------------------------------------------------------------------------

-- Names are ordered by pinyin: those of releases, and of whatever the catalogue calls a text in a feed.
alter table published.estimate alter column area_name type text collate "zh-x-icu";
alter table published.school_estimate alter column school_name type text collate "zh-x-icu";
alter table published.indicator alter column name type text collate "zh-x-icu";

create or replace function plumbline.make_feed_view(feed_name text) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  f plumbline.feed;
  cols text[];
  valid_until text := '';
  view regclass;
begin
  select * into f from plumbline.feed where feed = feed_name;
  cols := array(select column_name from plumbline.feed_column where feed = feed_name order by position);
  if 'district_code' <> all (cols) then
    cols := cols || text 'district_code';
  end if;
  cols := cols || array['batch_id', 'line_no', 'provisional'];
  if f.grain = 'register' then
    valid_until := ', nullif(coalesce(least(valid_to, lead(valid_from) over (partition by school_code order by valid_from)), ''infinity''),
                             ''infinity'') as valid_until';
  else
    cols := cols || text 'year';
  end if;
  cols := cols || text 'known_from';
  if f.grain <> 'register' then
    cols := cols || text 'suppressed';
  end if;
  perform plumbline.put_view('monitor', f.view_name, format('select %s %s from feed.%I',
    (select string_agg(case when x.type = 'text' then format('%1$I collate "zh-x-icu" as %1$I', c) else quote_ident(c) end, ', ' order by n)
       from unnest(cols) with ordinality k(c, n) left join plumbline.feed_column x on x.feed = feed_name and x.column_name = c), valid_until, feed_name || '_seen'));
  view := format('monitor.%I', f.view_name)::regclass;
  perform plumbline.describe(view, format('%s | %s', f.name, f.name_en));
  perform plumbline.describe_like(view, plumbline.feed_table(feed_name));
  if f.grain = 'register' then
    execute format('comment on column %s.valid_until is %L', view,
      '失效日期（不含），空表示仍有效 | day from which this version no longer holds: valid_to, or where the next version begins; null while it holds');
  end if;
end $$;
