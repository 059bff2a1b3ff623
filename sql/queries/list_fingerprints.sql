-- list_fingerprints: what each indicator's data look like now, and how they looked when last measured: the data, and its definition, which
-- is the register and the catalogue's part. Files of a feed are counted once for all its indicators; of the catalogue every row counts, for
-- its moments do not always grow: clocks are set back.
with feeds as materialized (
  select f.feed, (select concat_ws(',', count(*), max(b.batch_id)) from plumbline.batch b where b.feed = f.feed and b.status = 'loaded')
                 || coalesce((select ',' || max(e.batch_event_id) from plumbline.batch_event e join plumbline.batch b using (batch_id)
                               where b.feed = f.feed), '') as files
    from plumbline.feed f),
common as materialized (
  select concat_ws('/', coalesce((select files from feeds where feed = 'schools'), '0'),
           (select string_agg(t::text, ' ' order by name) from plumbline.threshold t),
           (select string_agg(a::text, ' ' order by area_code, valid_from) from plumbline.area a),
           (select string_agg(f::text, ' ' order by feed) from plumbline.feed f)) as common),
defined as materialized (
  select i.indicator, i.position, i.feed,
         md5(concat_ws('/', c.common, i::text,
           (select string_agg(t::text, ' ' order by plan, target) from plumbline.target t where t.indicator = i.indicator))) as definition
    from plumbline.indicator i cross join common c)
select d.indicator, d.definition, md5(concat_ws('/', f.files, d.definition)) as fingerprint, m.fingerprint as measured
  from defined d
  left join feeds f on f.feed = d.feed
  left join plumbline.measured m on m.indicator = d.indicator
 order by d.position
