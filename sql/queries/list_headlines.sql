-- list_headlines: the verdict of each area and headline target, areas and targets in the catalogue's order
select a.area_code, a.name, a.name_en, t.plan, t.target, t.short_name, t.name_en as target_en, v.verdict
  from plumbline.verdict v
  join plumbline.target t on t.plan = v.plan and t.target = v.target and t.headline
  join plumbline.area a on a.area_code = v.area_code and a.valid_to = 'infinity'
 order by a.position, t.position
