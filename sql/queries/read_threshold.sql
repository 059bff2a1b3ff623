-- read_threshold: $1 name
select value from plumbline.threshold where name = $1
