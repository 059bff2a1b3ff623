-- known_rows: the COPY that reads what a slice holds. $1 feed, $2 relation, $3 district, $4 column of the unit, $5 first, $6 last
select plumbline.known_rows($1, $2, $3, $4, $5, $6)
