-- read_measured: what an indicator was last measured on. $1 indicator
select definition, parts from plumbline.measured where indicator = $1
