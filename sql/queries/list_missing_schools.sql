-- list_missing_schools: schools that have not reported a feed's newest period, by district
select feed, period, district_code, name from plumbline.schools_missing()
