-- index_slice: a fresh slice gets the rest of its columns and its key. $1 feed, $2 period, $3 district or null, $4 batch_id, $5 known_from
select plumbline.index_slice($1, $2, $3, $4::bigint, $5::timestamptz)
