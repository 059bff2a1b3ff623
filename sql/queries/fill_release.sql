-- fill_release: the tables of a release from its rows. $1 release
select plumbline.fill_release($1::bigint)
