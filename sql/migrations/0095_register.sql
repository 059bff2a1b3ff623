-- 0095: the register is asked itself: through a function that returns rows it takes twice as long.
drop function plumbline.register_rows(text);
create function plumbline.register_query() returns text
language sql stable set search_path = pg_catalog as $$
  select format('select school_code, coalesce(name, ''''), district_code, coalesce(stage, ''''),
                        case when isfinite(valid_from) then valid_from - date ''2000-01-01'' end,
                        case when isfinite(valid_to) then valid_to - date ''2000-01-01'' end
                   from %s where school_code ^@ $1', plumbline.feed_table(f.feed))
    from plumbline.feed f where f.grain = 'register'
$$;
comment on function plumbline.register_query() is
  '读取代码以 $1 开头的学校全部版本的语句，日期为自 2000-01-01 起的天数 | statement that reads all versions of the schools whose codes begin with $1, dates as days since 2000-01-01; null without a register';
