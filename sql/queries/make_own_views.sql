-- make_own_views: views for readers from districts
select plumbline.own_views()
