-- ensure_slice: before rows of it are merged. $1 feed, $2 year, $3 period, $4 district
select plumbline.ensure_slice($1, $2::integer, $3, $4)
