-- widen_slice: a fresh slice that is being filled gets provisional and suppressed. $1 feed, $2 period, $3 district or null
select plumbline.widen_slice($1, $2, $3)
