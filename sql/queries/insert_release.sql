-- insert_release: $1 grain, $2 strata, $3 periods, $4 smallest denominator, $5 largest sensitive count, $6 rounding, $7 width,
-- $8 rows of counts, $9 of them shown, $10 run, $11 version; and the partitions that it needs
select plumbline.open_release($1, $2, $3::text[], array[$4, $5, $6, $7]::bigint[], $8::bigint, $9::bigint, $10::bigint, $11) as release_id,
       cardinality($3::text[]) as periods
