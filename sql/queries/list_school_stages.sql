-- list_school_stages: the stage of each school at the end of each period. $1 periods
select * from plumbline.school_stages($1)
