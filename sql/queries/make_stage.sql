-- make_stage: an empty temporary stage for a table. $1 table
select plumbline.stage($1::regclass)
