-- unstage_rows: takes rows back before they are merged. $1 stage, $2 row numbers
select plumbline.unstage($1::regclass, $2::integer[])
