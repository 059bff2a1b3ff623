-- find_register: the statement that reads the register, null when there is none
select plumbline.register_query()
