-- ensure_feed_year: partitions of a feed for a year. $1 feed, $2 year
select plumbline.ensure_year(plumbline.feed_table($1), $2::integer)
