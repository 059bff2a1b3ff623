-- 0097: which rows of a batch await confirmation.

-- rows_in_doubt(): those that the tables hold now (as the session sees it): neither confirmed nor superseded nor withdrawn. No index
-- tells them: of a batch's periods it reads the districts that the batch has rows of, or, where these are not on record, its years. A batch
-- all of whose rows were confirmed is not looked for.
create function monitor.rows_in_doubt(batch bigint) returns table (period text, district_code text, rows bigint)
language plpgsql stable security definer set search_path = pg_catalog as $$
#variable_conflict use_column
declare
  b plumbline.batch;
  period_name text;
  part text;
begin
  select * into b from plumbline.batch x
   where x.batch_id = batch and x.feed is not null
     and x.rows_provisional > (select coalesce(sum(e.rows_changed), 0) from monitor.batch_event e where e.batch_id = batch and e.event = 'confirm');
  if not found then
    return;
  end if;
  period_name := plumbline.period_column(b.feed);
  for part in
    select format('year = %s and %I = %L and district_code between %L and %L', left(p.period, 4), period_name, p.period,
                  min(p.district_code), max(p.district_code))
      from plumbline.batch_place p where p.batch_id = batch group by p.period
    union all
    select case when b.period_first is null then 'true' else format('year between %s and %s', left(b.period_first, 4), left(b.period_last, 4)) end
     where not exists (select from plumbline.batch_place p where p.batch_id = batch)
  loop
    return query execute format('select %s, district_code, count(*) from feed.%I where batch_id = $1 and provisional and %s group by 1, 2',
                                coalesce(quote_ident(period_name), 'null::text'), b.feed || '_seen', part) using batch;
  end loop;
end $$;
comment on function monitor.rows_in_doubt(bigint) is
  '某批次中待确认的行：时期、区县、行数（行） | rows of a batch that await confirmation: period, district, number (rows)';
grant execute on function monitor.rows_in_doubt(bigint) to plumbline_statistician, plumbline_etl;
