-- 0035: a part of the register, for a file that is of one district.
create function plumbline.register_rows(prefix text)
returns table (school_code text, name text, district_code text, stage text, valid_from date, valid_to date)
language plpgsql stable set search_path = pg_catalog as $$
declare
  target regclass := (select plumbline.feed_table(f.feed) from plumbline.feed f where f.grain = 'register');
begin
  if target is not null then
    return query execute format('select school_code, name, district_code, stage, valid_from, valid_to from %s where school_code ^@ %L', target, prefix);
  end if;
end $$;
comment on function plumbline.register_rows(text) is '代码以某前缀开头的学校的全部版本 | all versions of the schools whose codes begin with a prefix';
