-- read_clock: the transaction's moment, as a table takes it and as ISO 8601
select plumbline.clock() as at, to_char(plumbline.clock(), 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM') as iso
