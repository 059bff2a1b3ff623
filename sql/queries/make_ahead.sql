-- make_ahead: partitions of the year that runs and of the next one. $1 day
select plumbline.make_ahead($1::date) as made
