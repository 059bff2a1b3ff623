-- list_last_period: what units reported before. $1 feed, $2 period, $3 whether a year ago, $4 districts, $5 schools or areas
select unit, last, figures from plumbline.last_period($1, $2, $3::boolean, $4::text[], $5::text[])
