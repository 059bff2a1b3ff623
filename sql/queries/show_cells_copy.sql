-- show_cells_copy: the COPY that reads what is kept of an indicator. $1 indicator, $2 periods
select format('copy (select district_code, period, cells from plumbline.measured_cells where indicator = %L and period = any (%L))'
              ' to stdout (format binary)', $1::text, $2::text)
