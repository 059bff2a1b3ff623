-- find_last_period: the period that another one is held against, null when there is none. $1 feed, $2 period, $3 whether a year ago
select plumbline.find_last_period($1, $2, $3::boolean)
