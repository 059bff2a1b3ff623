-- list_fingerprints: what each indicator's data look like now, and how they looked when last measured: the data, and its definition, which
-- is the register and the catalogue's part. Files of a feed are counted once for all its indicators.
with feeds as materialized (
  select f.feed, (select concat_ws(',', count(*), max(b.batch_id)) from plumbline.batch b where b.feed = f.feed and b.status = 'loaded')
                 || coalesce((select ',' || max(e.batch_event_id) from plumbline.batch_event e join plumbline.batch b using (batch_id)
                               where b.feed = f.feed), '') as files
    from plumbline.feed f),
common as materialized (
  select concat_ws('/', coalesce((select files from feeds where feed = 'schools'), '0'),
           (select concat_ws(',', count(*), max(known_from)) from plumbline.threshold),
           (select concat_ws(',', count(*), max(known_from)) from plumbline.area),
           (select concat_ws(',', count(*), max(known_from)) from plumbline.feed)) as common),
defined as materialized (
  select i.indicator, i.position, i.feed,
         concat_ws('/', c.common, i.known_from,
           (select concat_ws(',', count(*), max(t.known_from)) from plumbline.target t where t.indicator = i.indicator),
           (select max(h.known_to) from plumbline.target_history h where h.indicator = i.indicator)) as definition
    from plumbline.indicator i cross join common c)
select d.indicator, md5(d.definition) as definition, md5(concat_ws('/', f.files, d.definition)) as fingerprint, m.fingerprint as measured
  from defined d
  left join feeds f on f.feed = d.feed
  left join plumbline.measured m on m.indicator = d.indicator
 order by d.position
