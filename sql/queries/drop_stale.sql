-- drop_stale: views of feeds and indicators that the catalogue no longer has
select plumbline.drop_stale()
