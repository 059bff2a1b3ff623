-- drop_loose_slices: what a run that was cut short had not attached yet
select plumbline.drop_loose_slices()
