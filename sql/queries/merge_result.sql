-- merge_result: staged rows supersede those of indicators that were measured as a whole, and of the others those of areas (in some periods)
-- that were measured again; what the catalogue no longer has is retired. $1 table, $2 stage, $3 whole indicators; beside each other
-- $4 indicators, $5 areas, $6 their periods as an array, empty for all of them, but of their strata only "all"
select added + changed + retired as changes
  from plumbline.merge($1::regclass, $2::regclass, true,
    format('t.indicator = any (%L::text[])', $3::text[])
    || coalesce((select string_agg(
                   format(' or t.indicator = %L and t.district_code = %L', p.indicator, p.area)
                   || case when p.periods <> ''
                        then format(' and t.year = any (%L) and t.period = any (%L)',
                                    array(select distinct left(x, 4)::smallint from unnest(p.periods::text[]) x), p.periods) else ' and t.stratum = ''all''' end, '')
                   from unnest($4::text[], $5::text[], $6::text[]) p(indicator, area, periods)), '')
    || case when exists (select from plumbline.measured m where not exists (select from plumbline.indicator i where i.indicator = m.indicator))
         then ' or not exists (select from plumbline.indicator i where i.indicator = t.indicator)' else '' end)
