-- merge_verdict: staged verdicts of the measured indicators supersede; those of dropped targets are retired. $1 indicators
select added + changed + retired as changes
  from plumbline.merge('plumbline.verdict', 'pg_temp.stage_verdict', true,
    format('t.indicator = any (%L::text[])'
           ' or not exists (select from plumbline.target g where g.plan = t.plan and g.target = t.target)', $1::text[]))
