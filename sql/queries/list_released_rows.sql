-- list_released_rows: what stands of these periods in earlier releases, with their rules. $1 periods
select r.release_id, r.min_denominator, r.sensitive_max, r.rounding, r.width, i.feed, w.period, w.indicator, w.district_code, w.unit_code,
       w.parent_code, w.stratum, w.counted, w.numerator, w.denominator, w.provisional, w.numerator_shown is not null as x_shown,
       w.denominator_shown is not null as n_shown
  from plumbline.release_row w
  join published.release r on r.release_id = w.release_id
  join plumbline.indicator i on i.indicator = w.indicator
 where w.period = any ($1::text[])
