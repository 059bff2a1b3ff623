-- list_schools_expected: schools open at the end of each period, by district. $1 periods, $2 stages
select * from plumbline.schools_expected($1::text[], $2::text[])
