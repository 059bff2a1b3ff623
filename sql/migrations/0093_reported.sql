-- 0093: which periods and districts a batch has rows of, and what their schools reported, as the file told. The next period's file is held
-- against that: summing up the rows again takes longer than to load them. Where the last batch of a period and district does not say it, or
-- one of them was withdrawn, it is left to the rows.
create table plumbline.batch_place (
  batch_id bigint not null,
  period text not null,
  district_code text not null,
  rows_after bigint,
  columns text[],
  figures bytea,
  constraint batch_place_pk primary key (batch_id, period, district_code),
  constraint batch_place_batch_fk foreign key (batch_id) references plumbline.batch on delete cascade,
  constraint batch_place_figures_ck check ((columns is null) = (figures is null))
);
alter table plumbline.batch_place alter column figures set storage external;
create index batch_place_place on plumbline.batch_place (period, district_code);
select plumbline.describe('plumbline.batch_place', '各批次涉及的时期与区县 | periods and districts that a batch has rows of',
  'batch_id', '批次编号 | batch',
  'period', '时期 | period',
  'district_code', '区县代码 | code of the district',
  'rows_after', '此后该时期该区县的行数；未知为空 | rows of the period and district after it (rows); null where that is not known',
  'columns', 'figures 所含各列 | columns that figures are of; null where they are not kept',
  'figures', '各校各列的合计、加权合计、个数，内部格式 | of each school and column sum, weighted sum and number, in a form of the program''s own');

-- find_last_period(): the last period before another one that files told of, or the same one of the year before; null when there is none.
create function plumbline.find_last_period(feed_name text, this_period text, year_ago boolean) returns text
language sql stable set search_path = pg_catalog as $$
  select p
    from plumbline.batch b, unnest(array[b.period_first, b.period_last]) p
   where b.feed = feed_name and b.status = 'loaded'
     and case when year_ago then p = (left(this_period, 4)::int - 1)::text || substr(this_period, 5)
              else plumbline.period_end(p) < plumbline.period_start(this_period)
                   and plumbline.period_end(p) >= plumbline.period_start(this_period) - 400 end
   order by plumbline.period_end(p) desc, plumbline.period_start(p) desc
   limit 1
$$;
comment on function plumbline.find_last_period(text, text, boolean) is
  '某时期之前最近的（或上年同期的）时期 | the last period before one, or the same one of the year before';

drop function plumbline.last_period(text, text, boolean, text[], text[]);
create function plumbline.last_period(feed_name text, last text, districts text[], codes text[]) returns table (unit text, figures text)
language plpgsql stable set search_path = pg_catalog as $$
declare
  unit_column text;
  period_column text;
  unit_key text;
  weight text;
  sums text;
begin
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
    'select concat_ws(''|'', %1$s), concat_ws('' '', %2$s) from %3$s f
      where f.year = $1 and f.district_code = any ($2) and f.%4$I = %5$L and f.%6$I = any ($3) group by %1$s order by 1',
    unit_key, sums, plumbline.feed_table(feed_name), period_column, last, unit_column)
    using left(last, 4)::int, districts, codes;
end $$;
comment on function plumbline.last_period(text, text, text[], text[]) is
  '各学校某一时期的合计 | what each unit reported in a period: of each count sum, sum weighted by grade and sex, number';
