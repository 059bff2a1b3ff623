-- list_periods_due: periods that are over and were in no release of this kind. $1 grain, $2 strata
select coalesce(array_agg(p), '{}')::text from plumbline.periods_due($1, $2) p
