-- list_indicator_rows: school-level rows of an indicator, rolled up to strata. $1 indicator
select * from plumbline.indicator_rows($1)
