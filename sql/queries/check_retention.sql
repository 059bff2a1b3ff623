-- check_retention: $1 date before which refused rows are to go, $2 days that hold where the catalogue names none
select $1::date <= plumbline.today() - days as may_go, days, plumbline.today() - days as latest
  from (select coalesce((select value::int from plumbline.threshold where name = 'reject_days'), $2::int) as days) t
