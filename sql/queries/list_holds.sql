-- list_holds: acknowledgements and silences that have not ceased, the ones whose last day is over included
select hold_id, kind, plan, target, area_code, from_day, until_day, actor, comment, until_day < plumbline.today() as expired
  from plumbline.alert_hold
 where ended_at is null and from_day <= plumbline.today()
 order by hold_id
