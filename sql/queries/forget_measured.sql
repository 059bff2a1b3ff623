-- forget_measured: indicators that the catalogue no longer has, once their results are retired
delete from plumbline.measured m where not exists (select from plumbline.indicator i where i.indicator = m.indicator)
