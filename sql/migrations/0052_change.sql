-- 0052: a feed of which no batch came, was confirmed or withdrawn after the moment moved nothing; its tables are not looked into.

create or replace function plumbline.moving_batches(since timestamptz)
returns table (indicator text, district_code text, period text, batch_id bigint, moved_at timestamptz)
language plpgsql stable set search_path = pg_catalog as $$
declare
  f record;
begin
  for f in select x.feed, x.grain from plumbline.feed x
            where (exists (select from plumbline.batch b where b.feed = x.feed and b.received_at > since)
                   or exists (select from plumbline.batch_event e join plumbline.batch b on b.batch_id = e.batch_id
                               where b.feed = x.feed and e.happened_at > since))
              and plumbline.feed_table(x.feed) is not null loop
    return query
      select i.indicator, m.district_code, m.period, m.batch_id, m.moved_at
        from plumbline.moved_rows(f.feed, since) m
        join plumbline.indicator i on i.feed = f.feed
             or f.grain = 'register' and exists (select from plumbline.feed y where y.feed = i.feed and y.grain = 'school');
  end loop;
end $$;
