-- merge_catalogue: brings the stage of a catalogue table in, whole. $1 table
select added, changed, retired
  from plumbline.merge(format('plumbline.%I', $1::text)::regclass, format('pg_temp.%I', 'stage_' || $1)::regclass, true)
