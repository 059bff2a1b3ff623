-- list_reported: what the units of districts reported in a period, as the last batch kept it. $1 feed, $2 period, $3 districts, $4 columns
select p.district_code, p.figures
  from plumbline.batch_place p join plumbline.batch b on b.batch_id = p.batch_id
 where b.feed = $1 and b.status = 'loaded' and p.period = $2 and p.district_code = any ($3::text[]) and p.columns = $4::text[]
   and not exists (select from plumbline.batch_place o join plumbline.batch ob on ob.batch_id = o.batch_id
                    where ob.feed = b.feed and o.period = p.period and o.district_code = p.district_code
                      and (o.batch_id > p.batch_id or ob.status <> 'loaded'))
