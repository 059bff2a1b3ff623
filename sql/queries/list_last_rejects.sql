-- list_last_rejects: rows that the last run that took files in refused, and those of its files that await confirmation now, by district;
-- a row without a known district counts under the empty code, a file refused for its form is no row
with last as (
  select batch_id, status, rows_provisional from plumbline.batch where run_id = (select max(run_id) from plumbline.batch)),
counted as (
  select r.district_code, batch_id, count(distinct r.line_no) as refused, 0 as to_confirm
    from last join plumbline.reject r using (batch_id)
   where r.severity = 'refuse' and not exists (select from plumbline.rule x where x.rule = r.rule and x.level = 'template')
   group by r.district_code, batch_id
  union all
  select d.district_code, batch_id, 0, d.rows from last cross join lateral monitor.rows_in_doubt(batch_id) d
   where status = 'loaded' and rows_provisional > 0)
select c.district_code, coalesce(a.name, '') as name, coalesce(a.name_en, '') as name_en, sum(c.refused)::bigint as refused,
       sum(c.to_confirm)::bigint as to_confirm, count(distinct c.batch_id) as files
  from counted c
  left join plumbline.area a on a.area_code = c.district_code and a.valid_to = 'infinity'
 group by c.district_code, a.name, a.name_en, a.position
 order by a.position nulls last
