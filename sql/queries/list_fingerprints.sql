-- list_fingerprints: what each indicator's data look like now, and how they looked when last measured: the data, the register, and the
-- catalogue's part. Files of a feed are counted once for all its indicators.
with feeds as materialized (
  select f.feed, (select concat_ws(',', count(*), max(b.batch_id)) from plumbline.batch b where b.feed = f.feed and b.status = 'loaded') as files
    from plumbline.feed f),
common as materialized (
  select (select files from feeds where feed = 'schools') as register,
         (select concat_ws(',', count(*), max(known_from)) from plumbline.threshold) as thresholds,
         (select concat_ws(',', count(*), max(known_from)) from plumbline.area) as areas,
         (select concat_ws(',', count(*), max(known_from)) from plumbline.feed) as feeds)
select i.indicator,
       md5(concat_ws('/', f.files, coalesce(c.register, '0'), i.known_from,
         (select concat_ws(',', count(*), max(t.known_from)) from plumbline.target t where t.indicator = i.indicator),
         (select max(h.known_to) from plumbline.target_history h where h.indicator = i.indicator),
         c.thresholds, c.areas, c.feeds)) as fingerprint,
       m.fingerprint as measured
  from plumbline.indicator i
  cross join common c
  left join feeds f on f.feed = i.feed
  left join plumbline.measured m on m.indicator = i.indicator
 order by i.position
