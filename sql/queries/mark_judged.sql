-- mark_judged: an indicator was judged again on what was kept of it. $1 indicator, $2 fingerprint, $3 run
update plumbline.measured set fingerprint = $2, run_id = $3 where indicator = $1
