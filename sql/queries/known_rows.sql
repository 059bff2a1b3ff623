-- known_rows: the COPY that reads what a slice holds. $1 feed, $2 relation, $3 year, $4 district, $5 period, $6 column of the unit,
-- $7 units, $8 null, or rows at most of all between them
select plumbline.known_rows($1, $2, $3::integer, $4, $5, $6, $7::text[], $8::bigint)
