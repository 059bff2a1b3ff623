-- make_feed_views: monitor views of all feeds
select plumbline.make_feed_view(feed) from plumbline.feed order by position
