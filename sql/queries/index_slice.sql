-- index_slice: a fresh slice gets its primary key. $1 feed, $2 period, $3 district or null
select plumbline.index_slice($1, $2, $3)
