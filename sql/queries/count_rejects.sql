-- count_rejects: rows that rules refused or want confirmed, of the files of a year; a row without a known district counts under the
-- empty code. $1 the day from which files count
select r.district_code, r.rule, r.severity, b.feed, count(*) as rows, count(distinct r.batch_id) as files
  from plumbline.batch b
  join plumbline.reject r on r.batch_id = b.batch_id
 where b.received_at >= $1::date
 group by 1, 2, 3, 4
