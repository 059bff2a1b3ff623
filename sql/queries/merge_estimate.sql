-- merge_estimate: staged rows of the measured indicators supersede; what the catalogue no longer has is retired. $1 indicators
select added + changed + retired as changes
  from plumbline.merge('plumbline.estimate', 'pg_temp.stage_estimate', true,
    format('t.indicator = any (%L::text[]) or not exists (select from plumbline.indicator i where i.indicator = t.indicator)', $1::text[]))
