-- supersede: rows of a slice that differ. $1 feed, $2 relation, $3 stage, $4 period, $5 district or null
select plumbline.supersede($1, $2::regclass, $3::regclass, $4, $5) as changed
