-- drop_loose_slices: what a run that was cut short had not attached yet; the function is only called where there may be some
select plumbline.drop_loose_slices()
 where exists (select from pg_class r where r.relnamespace = 'feed'::regnamespace and r.relkind = 'r' and not r.relispartition and r.relname like '%\_in\_%')
