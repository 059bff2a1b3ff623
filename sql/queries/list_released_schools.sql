-- list_released_schools: schools' rounded counts of the newest period that was published by school, of each indicator
select s.indicator, s.period, s.district_code, s.school_name, s.numerator, s.denominator
  from published.school_estimate s
  join (select distinct on (indicator) indicator, release_id, period from published.school_estimate
         order by indicator, plumbline.period_end(period) desc, release_id desc) n
    on n.indicator = s.indicator and n.release_id = s.release_id and n.period = s.period
 where not s.hidden and s.denominator > 0
