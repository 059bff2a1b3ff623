-- ensure_result_year: partitions of the results for a year. $1 year
select plumbline.ensure_year(t::regclass, $1::integer)
  from unnest(array['plumbline.estimate', 'plumbline.trend', 'plumbline.school_estimate', 'plumbline.tendency', 'plumbline.league']) t
