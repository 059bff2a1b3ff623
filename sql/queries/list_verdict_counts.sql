-- list_verdict_counts: how many areas and targets stand how
select w.verdict, count(v.verdict) as count
  from unnest(array['met', 'on_track', 'uncertain', 'off_track', 'worsening', 'cannot_tell']) with ordinality w(verdict, position)
  left join plumbline.verdict v on v.verdict = w.verdict
 group by w.verdict, w.position
 order by w.position
