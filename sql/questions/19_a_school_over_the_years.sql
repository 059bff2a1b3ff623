-- All that a school has reported on myopia, with whence each figure comes. 一所学校历次近视筛查结果及其来源。
select m.period, sum(m.myopic) as myopic, sum(m.examined) as examined, 100.0 * sum(m.myopic) / sum(m.examined) as percent,
       max(m.batch_id) as batch, (select b.file_name from monitor.batch b where b.batch_id = max(m.batch_id)) as file
  from monitor.myopia m
 where m.district_code = '210102' and m.school_code = '2101020534'
 group by m.year, m.period
 order by m.year, m.period;
