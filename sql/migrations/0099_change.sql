-- 0099: a figure that changed and then was gone moved last when it went, and what took it is named too.
do $$
declare
  present text := pg_get_functiondef('monitor.changes_since(timestamptz, boolean)'::regprocedure);
  moved text := 'max(case when f.known_from > since then f.known_from else f.known_to end)';
begin
  assert strpos(present, moved) > 0;
  execute replace(present, moved, 'max(case when f.known_to <= seen then f.known_to else f.known_from end)');
end $$;
