-- ensure_reject_year: partition of the rejects for a year. $1 year
select plumbline.ensure_year('plumbline.reject', $1::integer)
