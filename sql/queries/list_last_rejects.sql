-- list_last_rejects: rows refused or to be confirmed by district, of the last run that took files in; a row without a known
-- district counts under the empty code
select r.district_code, coalesce(a.name, '') as name, coalesce(a.name_en, '') as name_en,
       count(*) filter (where r.severity = 'refuse') as refused, count(*) filter (where r.severity = 'confirm') as to_confirm,
       count(distinct r.batch_id) as files
  from plumbline.batch b
  join plumbline.reject r on r.batch_id = b.batch_id
  left join plumbline.area a on a.area_code = r.district_code and a.valid_to = 'infinity'
 where b.run_id = (select max(run_id) from plumbline.batch)
 group by r.district_code, a.name, a.name_en, a.position
 order by a.position nulls last
