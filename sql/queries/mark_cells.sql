-- mark_cells: what the kept cells rest on. $1 indicator, $2 that, $3 the ledger when they were read
update plumbline.measured set cells_rest_on = $2, cells_seen = $3::bigint[] where indicator = $1
