-- 0011: what a file is held against: the figures of the period before; and what people decide about a batch.

alter table plumbline.rule drop constraint rule_level_ck;
alter table plumbline.rule add constraint rule_level_ck check (level in ('template', 'cell', 'row', 'file', 'register', 'history'));
comment on column plumbline.rule.level is '校验层次 | what it looks at: template, cell, row, file, register, history';

-- last_period(): sums of each unit of a feed in the last period before another one, or in the same one of the year before. The
-- ledger tells which periods there are: to look for them among the rows would read the table. The weights by grade and sex are
-- those of history_mark() in the program.
create function plumbline.last_period(feed_name text, this_period text, year_ago boolean, districts text[], codes text[])
returns table (unit text, last text, figures text)
language plpgsql stable set search_path = pg_catalog as $$
declare
  unit_column text;
  period_column text;
  unit_key text;
  weight text;
  sums text;
begin
  select p into last
    from plumbline.batch b, unnest(array[b.period_first, b.period_last]) p
   where b.feed = feed_name and b.status = 'loaded'
     and case when year_ago then p = (left(this_period, 4)::int - 1)::text || substr(this_period, 5)
              else plumbline.period_end(p) < plumbline.period_start(this_period)
                   and plumbline.period_end(p) >= plumbline.period_start(this_period) - 400 end
   order by plumbline.period_end(p) desc, plumbline.period_start(p) desc
   limit 1;
  if last is null then
    return;
  end if;
  select string_agg(quote_ident(c.column_name), ', ' order by c.position) filter (where c.key and c.type not in ('period', 'grade', 'sex')),
         (array_agg(c.column_name order by c.type in ('school', 'code') desc, c.position)
            filter (where c.key and c.type in ('school', 'code', 'area')))[1],
         (array_agg(c.column_name order by c.position) filter (where c.key and c.type = 'period'))[1],
         concat_ws(' + ', string_agg(format('ascii(%1$I) + 7 * ascii(right(%1$I, 1))', c.column_name), '') filter (where c.key and c.type = 'grade'),
                          string_agg(format('31 * ascii(%I)', c.column_name), '') filter (where c.key and c.type = 'sex'))
    into unit_key, unit_column, period_column, weight
    from plumbline.feed_column c where c.feed = feed_name;
  select string_agg(format('coalesce(sum(%1$I), 0), coalesce(sum(%1$I * (%2$s)), 0), count(%1$I)', c.column_name, coalesce(nullif(weight, ''), '0')), ', '
                    order by c.position)
    into sums
    from plumbline.feed_column c where c.feed = feed_name and c.type = 'count';
  return query execute format(
    'select concat_ws(''|'', %1$s), %2$L::text, concat_ws('' '', %3$s) from %4$s f
      where f.year = $1 and f.district_code = any ($2) and f.%5$I = %2$L and f.%6$I = any ($3) group by %1$s order by 1',
    unit_key, last, sums, plumbline.feed_table(feed_name), period_column, unit_column)
    using left(last, 4)::int, districts, codes;
end $$;
comment on function plumbline.last_period(text, text, boolean, text[], text[]) is
  '各学校上一时期（或上年同期）的合计 | sums of each unit in the last period, or in the same one a year before: unit, period, and of each count sum, sum weighted by grade and sex, number';

-- ---------------------------------------------------------------------------------------------------------------

create table plumbline.batch_event (
  batch_event_id bigint generated always as identity,
  batch_id bigint not null,
  event text not null,
  comment text not null,
  actor text not null,
  happened_at timestamptz not null,
  rows_changed bigint not null,
  constraint batch_event_pk primary key (batch_event_id),
  constraint batch_event_batch_fk foreign key (batch_id) references plumbline.batch,
  constraint batch_event_event_ck check (event in ('confirm', 'withdraw')),
  constraint batch_event_comment_ck check (comment <> '')
);
create index batch_event_batch on plumbline.batch_event (batch_id);
select plumbline.describe('plumbline.batch_event', '对批次的处理：确认或撤回 | what people decided about a batch: confirmed or withdrawn',
  'batch_event_id', '编号 | number',
  'batch_id', '批次编号 | batch',
  'event', '处理：confirm 确认，withdraw 撤回 | confirm or withdraw',
  'comment', '说明 | why',
  'actor', '处理人 | who',
  'happened_at', '时刻 | when',
  'rows_changed', '涉及行数（行） | rows that it changed (rows)');

-- confirm_batch(): the provisional rows that a batch brought are so no longer; how they stood before stays in the history.
create function plumbline.confirm_batch(number bigint, why text, who text) returns bigint
language plpgsql set search_path = pg_catalog as $$
declare
  b plumbline.batch;
  target regclass;
  cols text;
  moment timestamptz := plumbline.clock();
  changed bigint;
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
  execute format('insert into %s (%s, known_to) select %s, $2 from %s where batch_id = $1 and provisional and known_from <> $2',
                 plumbline.history_of(target), cols, cols, target) using number, moment;
  execute format('update %s set provisional = false, known_from = $2 where batch_id = $1 and provisional', target) using number, moment;
  get diagnostics changed = row_count;
  insert into plumbline.batch_event (batch_id, event, comment, actor, happened_at, rows_changed)
  values (number, 'confirm', why, who, moment, changed);
  return changed;
end $$;
comment on function plumbline.confirm_batch(bigint, text, text) is
  '确认批次的待确认数据 | lifts provisional from a batch''s rows: how many; -1 no such batch, -2 a batch that loaded nothing';
