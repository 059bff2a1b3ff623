-- mark_measured: remembers what an indicator was measured on. $1 indicator, $2 fingerprint, $3 run, $4 definition, $5 parts, $6 kept,
-- $7 what that rests on
insert into plumbline.measured (indicator, fingerprint, run_id, definition, parts, kept, rests_on) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (indicator) do update
   set fingerprint = excluded.fingerprint, run_id = excluded.run_id, definition = excluded.definition, parts = excluded.parts,
       kept = excluded.kept, rests_on = excluded.rests_on
