-- list_last_period: what units reported in a period, from its rows. $1 feed, $2 period, $3 districts, $4 schools or areas
select unit, figures from plumbline.last_period($1, $2, $3::text[], $4::text[])
