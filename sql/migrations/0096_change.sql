-- 0096: what ended after the moment that the session sees still stood then, and is not what was there before a change; batches moved the
-- indicators of the catalogue of that moment.
do $$
declare
  c record;
  present text;
begin
  for c in values ('monitor.changes_since(timestamptz, boolean)', 'where f.known_from <= seen', '\& and (f.known_from > since or f.known_to <= seen)'),
                  ('plumbline.moving_batches(timestamptz)', 'plumbline\.(feed|indicator)(?= )', '\&_seen') loop
    present := pg_get_functiondef(c.column1::regprocedure);
    assert present ~ c.column2;
    execute regexp_replace(present, c.column2, c.column3, 'g');
  end loop;
end $$;
