-- create_slice: the table of a fresh slice. $1 feed, $2 year, $3 period, $4 district or null, $5 batch_id, $6 known_from
select plumbline.create_slice($1, $2::integer, $3, $4, $5::bigint, $6::timestamptz)
