-- merge_result: staged rows of the measured indicators supersede; what the catalogue no longer has is retired. $1 table, $2 stage, $3 indicators
select added + changed + retired as changes
  from plumbline.merge($1::regclass, $2::regclass, true,
    format('t.indicator = any (%L::text[]) or not exists (select from plumbline.indicator i where i.indicator = t.indicator)', $3::text[]))
