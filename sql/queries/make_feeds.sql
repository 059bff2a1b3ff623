-- make_feeds: tables of all feeds
select plumbline.make_feed(feed) from plumbline.feed order by position
