-- list_explanations: what people wrote when they confirmed data, the latest first, of the last year
select feed, period, district_code, actor, comment, happened_on::text as day from plumbline.explanations(plumbline.today() - 365)
