-- What do districts get back, and for which reason? 各区县被退回的行，按规则统计。
select coalesce(d.name, '?') as district, r.feed, r.rule, r.severity, count(*) as rows, min(r.message) as example
  from monitor.reject r
  left join monitor.area d on d.area_code = r.district_code and d.valid_to is null
 where r.received_at >= '2022-01-01'
 group by 1, 2, 3, 4
 order by rows desc, district, r.rule;
