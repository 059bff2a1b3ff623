-- merge_result: staged rows supersede those of indicators that were measured as a whole, and of the others those of areas (in some periods)
-- that were measured again; what the catalogue no longer has is retired. Years, areas and indicators are named beside, for the indexes and
-- partitions, where it is only such parts. $1 table, $2 stage, $3 whole indicators; beside each other $4 indicators, $5 areas, $6 their
-- periods as an array, empty for all of them, but of their strata only "all"
with part as (
  select p.indicator, p.area, p.periods, array(select distinct left(x, 4)::smallint from unnest(nullif(p.periods, '')::text[]) x) as years
    from unnest($4::text[], $5::text[], $6::text[]) p(indicator, area, periods)),
scope as (
  select string_agg(format('t.indicator = %L and t.district_code = %L', indicator, area)
                    || case when periods <> '' then format(' and t.year = any (%L) and t.period = any (%L)', years, periods)
                            else ' and t.stratum = ''all''' end, ' or ') as parts,
         format('t.indicator = any (%L) and t.district_code = any (%L)', array_agg(distinct indicator), array_agg(distinct area))
         || case when not bool_or(periods = '')
              then format(' and t.year = any (%L)', (select array_agg(distinct y) from part q cross join unnest(q.years) y)) else '' end as bounds
    from part)
select added + changed + retired as changes
  from plumbline.merge($1::regclass, $2::regclass, true,
    concat_ws(' or ',
      case when $3 <> '{}' then format('t.indicator = any (%L::text[])', $3::text[]) end,
      (select '(' || bounds || ' and (' || parts || '))' from scope where parts is not null),
      case when exists (select from plumbline.measured m where not exists (select from plumbline.indicator i where i.indicator = m.indicator))
        then 'not exists (select from plumbline.indicator i where i.indicator = t.indicator)' end,
      'false'))
