-- ensure_result_year: partitions of the results for a year. $1 year
select plumbline.ensure_year('plumbline.estimate', $1::integer), plumbline.ensure_year('plumbline.trend', $1::integer)
