-- read_cells: what is kept of an indicator. $1 indicator, $2 periods
select district_code, period, cells from plumbline.measured_cells where indicator = $1 and period = any ($2::text[])
