-- open_slice: where the rows of a period and district go. $1 feed, $2 year, $3 period, $4 district, $5 whether a slice a district,
-- $6 batch_id, $7 known_from
select relation, fresh, whole, short, copy_sql from plumbline.open_slice($1, $2::integer, $3, $4, $5::boolean, $6::bigint, $7::timestamptz)
