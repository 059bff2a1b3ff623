-- known_rows: the COPY that reads what a slice holds. $1 feed, $2 relation, $3 year, $4 district, $5 column of the unit, $6 first, $7 last
select plumbline.known_rows($1, $2, $3::integer, $4, $5, $6, $7)
