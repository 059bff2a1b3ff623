-- silence_alerts: $1 area's code or name or null, $2 target or indicator or null, $3 first day or null, $4 last day, $5 comment, $6 who
select plumbline.silence($1, $2, $3::date, $4::date, $5, $6) as hold
