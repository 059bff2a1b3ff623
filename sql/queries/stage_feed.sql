-- stage_feed: the stage of a feed and the COPY that fills it. $1 feed
select stage, copy_sql from plumbline.stage_feed($1)
