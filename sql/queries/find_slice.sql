-- find_slice: where the rows of a period and district go; narrow_sql without provisional and suppressed. $1 feed, $2 year, $3 period,
-- $4 district, $5 whether a slice a district
select relation, fresh, whole, short, copy_sql, replace(replace(copy_sql, ', suppressed,', ','), 'line_no, provisional', 'line_no') as narrow_sql
  from plumbline.find_slice($1, $2::integer, $3, $4, $5::boolean)
