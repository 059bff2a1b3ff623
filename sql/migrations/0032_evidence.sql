-- 0032: what a mail can say beyond the figures: what people wrote when they confirmed the data.

-- explanations(): the comments on confirmed batches, by the districts and periods whose rows are theirs.
create function plumbline.explanations(since date)
returns table (feed text, period text, district_code text, actor text, comment text, happened_on date)
language plpgsql stable set search_path = pg_catalog as $$
#variable_conflict use_column
declare
  f text;
begin
  for f in select distinct b.feed from plumbline.batch_event e join plumbline.batch b on b.batch_id = e.batch_id
            where e.event = 'confirm' and e.happened_at >= since and plumbline.period_column(b.feed) is not null order by 1 loop
    return query execute format($q$
      select distinct %1$L, t.%2$I, t.district_code, e.actor, e.comment, e.happened_at::date
        from plumbline.batch_event e
        join plumbline.batch b on b.batch_id = e.batch_id and b.feed = %1$L and b.status = 'loaded'
        join %3$s t on t.batch_id = e.batch_id
       where e.event = 'confirm' and e.happened_at >= $1
       order by 6 desc, 5 $q$, f, plumbline.period_column(f), plumbline.feed_table(f)) using since;
  end loop;
end $$;
comment on function plumbline.explanations(date) is
  '确认数据时填写的说明，按地区和时期 | comments on confirmed data since a day, by district and period';
