-- merge_feed: brings the stage into the table of its feed. $1 feed, $2 stage, $3 whether the file is complete
select added, changed, retired from plumbline.merge_feed($1, $2::regclass, $3::boolean)
