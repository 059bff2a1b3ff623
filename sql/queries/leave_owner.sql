-- leave_owner: back to the role that logged in
select set_config('role', 'none', true)
