-- merge_alert: staged alerts supersede
select added + changed as changes from plumbline.merge('plumbline.alert', 'pg_temp.stage_alert')
