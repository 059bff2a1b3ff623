-- monitor.feed: the kinds of export that are read.
drop view if exists monitor.feed;
create view monitor.feed as
select feed, grain, view_name, name collate "zh-x-icu" as name, name_en, frequency, due_days, stages, complete, reject_limit_pct, position, known_from
  from plumbline.feed_seen;
select plumbline.describe('monitor.feed', '填报表种类 | feeds: kinds of export that are read');
select plumbline.describe_like('monitor.feed', 'plumbline.feed');
