-- doubt_rows: marks staged rows as provisional. $1 stage, $2 row numbers
select plumbline.doubt($1::regclass, $2::integer[])
