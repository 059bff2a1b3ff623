-- list_rows_to_release: true counts of pupils that a release would show. $1 periods, $2 grain, $3 strata
select * from plumbline.rows_to_release($1::text[], $2, $3)
