-- acknowledge_alert: $1 area's code or name, $2 target, $3 last day, $4 comment, $5 who
select plumbline.acknowledge($1, $2, $3::date, $4, $5) as hold
