-- list_waves: every area's series of every indicator, all strata together, in time
select indicator, area_code, period, value, low95, high95, value_std, low95_std, high95_std, provisional
  from plumbline.estimate
 where stratum = 'all'
 order by indicator, area_code, plumbline.period_end(period)
