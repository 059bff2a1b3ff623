-- list_register: all versions of all schools; days as days since 2000-01-01, null where open. $1 how their codes begin, '' for all
select school_code, coalesce(name, '') as name, district_code, coalesce(stage, '') as stage,
       case when isfinite(valid_from) then valid_from - date '2000-01-01' end as valid_from,
       case when isfinite(valid_to) then valid_to - date '2000-01-01' end as valid_to
  from plumbline.register_rows($1)
