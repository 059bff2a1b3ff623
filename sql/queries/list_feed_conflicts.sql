-- list_feed_conflicts: what stands against the catalogue in feed tables that exist
select f.feed, c.column_name, c.what, c.present, c.wanted
  from plumbline.feed f, plumbline.feed_conflict(f.feed) c
 order by f.position
