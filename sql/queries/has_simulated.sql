-- $1 feed: whether any of its loaded batches is made up.
select exists (select from plumbline.batch where feed = $1 and status = 'loaded' and simulated);
