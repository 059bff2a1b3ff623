-- attach_slice: a fresh slice becomes part of its feed. $1 feed, $2 relation, $3 year, $4 period, $5 district or null
select plumbline.attach_slice($1, $2, $3::integer, $4, $5)
