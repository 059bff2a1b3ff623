-- put_timer: an alert was told today. $1 district, $2 plan, $3 target, $4 area, $5 how far up
insert into plumbline.alert_timer (district_code, plan, target, area_code, told, escalated)
values ($1, $2, $3, $4, plumbline.today(), $5::smallint)
on conflict on constraint alert_timer_pk do update set told = excluded.told, escalated = excluded.escalated
