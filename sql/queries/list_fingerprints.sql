-- list_fingerprints: what each indicator's data look like now, and how they looked when last measured.
select i.indicator, plumbline.indicator_fingerprint(i.indicator) as fingerprint, m.fingerprint as measured
  from plumbline.indicator i
  left join plumbline.measured m using (indicator)
 order by i.position
