-- index_slice: a fresh slice gets its primary key. $1 feed, $2 relation
select plumbline.index_slice($1, $2)
