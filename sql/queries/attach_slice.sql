-- attach_slice: a fresh slice becomes part of its feed. $1 feed, $2 year, $3 period, $4 district or null
select plumbline.attach_slice($1, $2::integer, $3, $4)
