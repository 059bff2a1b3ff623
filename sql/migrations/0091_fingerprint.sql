-- 0091: what an indicator's data and definition look like is asked by one statement for all of them (list_fingerprints); nothing calls this.
drop function plumbline.indicator_fingerprint(text);
