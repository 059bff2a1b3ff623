-- 0012: a batch is taken back, and what it had superseded or retired stands again.

alter table plumbline.batch drop constraint batch_status_ck;
alter table plumbline.batch add constraint batch_status_ck check (status in ('loaded', 'refused', 'withdrawn'));
comment on column plumbline.batch.status is
  '状态：loaded 已入库，refused 已退回，withdrawn 已撤回 | loaded, refused, or withdrawn after it was loaded';

-- restore_rows(): of the versions that a batch put an end to, the latest whose own batch stands. A version that was superseded ended
-- when another began; one that was retired ended when the batch came, and no other began.
create function plumbline.restore_rows(b plumbline.batch, moment timestamptz) returns bigint
language plpgsql set search_path = pg_catalog as $$
declare
  target regclass := plumbline.feed_table(b.feed);
  history text := plumbline.history_of(target);
  keys text[] := plumbline.key_columns(target);
  cols text := (select string_agg(quote_ident(c), ', ') from unnest(array_remove(plumbline.columns(target), 'known_from')) c);
  key_list text := (select string_agg(format('h.%I', k), ', ') from unnest(keys) k);
  same_v text := (select string_agg(format('v.%1$I = h.%1$I', k), ' and ') from unnest(keys) k);
  same_t text := (select string_agg(format('t.%1$I = h.%1$I', k), ' and ') from unnest(keys) k);
  restored bigint;
begin
  execute format(
    'insert into %1$s (%2$s, known_from)
     select %2$s, $2 from (
       select distinct on (%3$s) h.*
         from %4$s h
         join plumbline.batch o on o.batch_id = h.batch_id and o.status = ''loaded''
        where not exists (select from %1$s t where %6$s)
          and (exists (select from %4$s v where %5$s and v.batch_id = $1 and v.known_to = $2)
                 and exists (select from %4$s v where %5$s and v.known_from = h.known_to)
               or h.known_to = $3 and not exists (select from %4$s v where %5$s and v.known_from = $3))
        order by %3$s, h.known_to desc) r',
    target, cols, key_list, history, same_v, same_t) using b.batch_id, moment, b.received_at;
  get diagnostics restored = row_count;
  return restored;
end $$;
comment on function plumbline.restore_rows(plumbline.batch, timestamptz) is
  '恢复被某批次更正或撤销的数据 | puts back what a batch had superseded or retired: how many rows';

create function plumbline.withdraw_batch(number bigint, why text, who text) returns bigint
language plpgsql set search_path = pg_catalog as $$
declare
  b plumbline.batch;
  target regclass;
  cols text;
  moment timestamptz := plumbline.clock();
  gone bigint;
  restored bigint;
begin
  select * into b from plumbline.batch where batch_id = number;
  if not found then
    return -1;
  end if;
  if b.status <> 'loaded' or b.feed is null then
    return -2;
  end if;
  target := plumbline.feed_table(b.feed);
  cols := (select string_agg(quote_ident(c), ', ') from unnest(plumbline.columns(target)) c);
  update plumbline.batch set status = 'withdrawn', reason = why where batch_id = number;
  execute format('insert into %s (%s, known_to) select %s, $2 from %s where batch_id = $1', plumbline.history_of(target), cols, cols, target)
    using number, moment;
  execute format('delete from %s where batch_id = $1', target) using number;
  get diagnostics gone = row_count;
  restored := plumbline.restore_rows(b, moment);
  insert into plumbline.batch_event (batch_id, event, comment, actor, happened_at, rows_changed)
  values (number, 'withdraw', why, who, moment, gone + restored);
  return gone;
end $$;
comment on function plumbline.withdraw_batch(bigint, text, text) is
  '撤回批次并恢复其更正前的数据 | takes a batch''s rows back and restores what they had superseded: how many; -1 no such batch, -2 a batch that loaded nothing';
