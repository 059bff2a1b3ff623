-- 0060: a run also tells with what settings and on what server it ran.
alter table plumbline.run add column configuration text, add column server text;
select plumbline.describe('plumbline.run', '运行记录 | executions of the program',
  'configuration', '生效的全部选项的 SHA-256 | SHA-256 of all options in force, hexadecimal: equal settings, equal hash',
  'server', '数据库服务器版本 | version of the database server');
