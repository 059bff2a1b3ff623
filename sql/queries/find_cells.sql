-- find_cells: the ledger of a feed now, the periods whose kept cells still hold (those that no file since has rows of), and the years that
-- such files have rows of. None holds where a batch was confirmed or withdrawn, or retired rows, for then it cannot be told where. $1 indicator, $2 feed, $3 what they rest on
with loaded as materialized (
  select b.batch_id, b.rows_retired, plumbline.period_start(b.period_first) as first, plumbline.period_end(b.period_last) as last
    from plumbline.batch b where b.feed = $2 and b.status = 'loaded'),
ledger as (
  select coalesce((select max(batch_id) from loaded), 0) as batch, (select count(*) from loaded) as batches,
         (select coalesce(max(e.batch_event_id), 0) from plumbline.batch_event e join plumbline.batch b using (batch_id) where b.feed = $2) as event),
usable as (
  select m.cells_seen[1] as batch
    from plumbline.measured m cross join ledger l
   where m.indicator = $1 and m.cells_rest_on = $3 and m.cells_seen[3] = l.event
     and m.cells_seen[2] = (select count(*) from loaded where batch_id <= m.cells_seen[1])
     and not exists (select from loaded where batch_id > m.cells_seen[1] and (rows_retired > 0 or first is null or last is null)))
select array[l.batch, l.batches, l.event] as seen,
       array(select distinct c.period
               from plumbline.measured_cells c cross join usable u
              where c.indicator = $1
                and not exists (select from loaded where batch_id > u.batch and first <= plumbline.period_end(c.period)
                                                     and last >= plumbline.period_start(c.period))) as periods,
       array(select distinct y::smallint
               from usable u join loaded b on b.batch_id > u.batch
              cross join generate_series(extract(year from b.first)::integer, extract(year from b.last)::integer) y) as years
  from ledger l
