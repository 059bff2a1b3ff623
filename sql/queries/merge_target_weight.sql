-- merge_target_weight: weights that this measurement fixed supersede provisional ones. $1 indicators
select added + changed + retired as changes
  from plumbline.merge('plumbline.target_weight', 'pg_temp.stage_target_weight', true,
    format('exists (select from plumbline.target g where g.plan = t.plan and g.target = t.target and g.indicator = any (%L::text[]))'
           ' or not exists (select from plumbline.target g where g.plan = t.plan and g.target = t.target)', $1::text[]))
