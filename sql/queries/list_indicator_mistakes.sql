-- list_indicator_mistakes: expressions of the catalogue that the server refuses, and why
select i.indicator, m.column_name, m.message
  from plumbline.indicator i, plumbline.indicator_mistake(i.indicator) m
 order by i.position
