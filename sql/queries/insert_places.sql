-- insert_places: where a batch has rows. $1 batch_id, $2 periods and $3 districts, in pairs
insert into plumbline.batch_place (batch_id, period, district_code)
select distinct $1::bigint, p, d from unnest($2::text[], $3::text[]) as u (p, d)
