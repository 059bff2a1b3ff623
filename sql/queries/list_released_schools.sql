-- list_released_schools: schools' rounded counts of the newest period that was published by school, of each indicator
select indicator, period, district_code, school_name, stage, numerator, denominator from plumbline.released_schools()
