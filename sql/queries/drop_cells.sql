-- drop_cells: what holds no longer. $1 indicator, $2 periods that do
delete from plumbline.measured_cells where indicator = $1 and period <> all ($2::text[])
