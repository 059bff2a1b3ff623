-- find_slice: where the rows of a period and district go. $1 feed, $2 year, $3 period, $4 district, $5 whether a slice a district
select relation, fresh, whole, short, copy_sql from plumbline.find_slice($1, $2::integer, $3, $4, $5::boolean)
