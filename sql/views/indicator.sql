-- monitor.indicator: what is measured, and how.
drop view if exists monitor.indicator;
create view monitor.indicator as
select indicator, feed, kind, good, numerator, denominator, filter, strata, stages, unit, name collate "zh-x-icu" as name, name_en, definition, definition_en,
       position, known_from
  from plumbline.indicator_seen;
select plumbline.describe('monitor.indicator', '指标 | indicators: numerator over denominator of a feed');
select plumbline.describe_like('monitor.indicator', 'plumbline.indicator');
