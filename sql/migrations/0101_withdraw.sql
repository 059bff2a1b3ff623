-- 0101: what stands after a batch is taken back is what the last of the others did to a row: the version that it brought, or none where
-- it was a complete file that lacked the row.

-- restore_rows(): of the rows whose version a batch had brought, or which it had retired, and which nobody brings now. A version that was
-- retired ended when a batch came, and no other began.
create or replace function plumbline.restore_rows(b plumbline.batch, moment timestamptz) returns bigint
language plpgsql set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(b.feed);
  history text := plumbline.history_of(target);
  keys text[] := plumbline.key_columns(target);
  cols text := (select string_agg(quote_ident(c), ', ') from unnest(array_remove(plumbline.columns(target), 'known_from')) c);
  key_list text := (select string_agg(quote_ident(k), ', ') from unnest(keys) k);
  same_n text := (select string_agg(format('n.%1$I = h.%1$I', k), ' and ') from unnest(keys) k);
  was_retired text := format('not exists (select from %1$s n where %2$s and n.known_from = h.known_to)', history, same_n);
  restored bigint;
begin
  execute format(
    'with touched as (
       select %3$s from %4$s h where h.batch_id = $1 and h.known_to = $2
       union
       select %3$s from %4$s h where h.known_to = $3 and %5$s),
     loose as (select * from touched h where not exists (select from %1$s n where %6$s))
     insert into %1$s (%2$s, known_from)
     select %2$s, $2 from (
       select distinct on (%3$s) *
         from (select h.*, o.received_at as done_at, false as gone
                 from loose join %4$s h using (%3$s) join plumbline.batch o on o.batch_id = h.batch_id and o.status = ''loaded''
               union all
               select h.*, r.received_at, true
                 from loose join %4$s h using (%3$s)
                 join plumbline.batch r on r.feed = $4 and r.status = ''loaded'' and r.received_at = h.known_to
                where %5$s) a
        order by %3$s, done_at desc, known_to desc) last
      where not gone',
    target, cols, key_list, history, was_retired, same_n) using b.batch_id, moment, b.received_at, b.feed;
  get diagnostics restored = row_count;
  return restored;
end $$;
