-- read_kept: what judging an indicator needs of its data, unless they moved since. $1 indicator, $2 what it rests on
select kept from plumbline.measured where indicator = $1 and rests_on = $2 and kept is not null
