-- count_verdicts: how many verdicts stand.
select count(*) from plumbline.verdict
