-- take_owner: until the transaction ends, what is made belongs to plumbline_owner
select set_config('role', 'plumbline_owner', true)
