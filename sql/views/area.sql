-- monitor.area: the administrative tree, with its history.
drop view if exists monitor.area;
create view monitor.area as
with recursive latest as (
  select distinct on (area_code) area_code, successor_code from plumbline.area_seen order by area_code, valid_from desc
), chain(area_code, series_code, successor_code, depth) as (
  select area_code, area_code, successor_code, 1 from latest
  union all
  select c.area_code, l.area_code, l.successor_code, c.depth + 1
    from chain c join latest l on l.area_code = c.successor_code where c.depth < 20
)
select a.area_code, a.valid_from, nullif(a.valid_to, 'infinity') as valid_to, a.parent_code, a.level, a.name collate "zh-x-icu" as name, a.name_en,
       a.successor_code, c.series_code, a.position, a.known_from
  from plumbline.area_seen a left join chain c on c.area_code = a.area_code and c.successor_code is null;
select plumbline.describe('monitor.area', '行政区划及其沿革 | areas: each row is one version of a node of the administrative tree',
  'valid_to', '停用日期（不含）；空表示仍有效 | day from which this version is no longer valid; null while it is',
  'series_code', '数据系列现用的代码 | code under which the area''s figures run today');
select plumbline.describe_like('monitor.area', 'plumbline.area');
