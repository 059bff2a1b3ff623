-- 0074: what the joint judgement needs of an indicator is kept, so that a night on which others moved need not read its rows.
alter table plumbline.measured add column rests_on text, add column kept bytea;
alter table plumbline.measured alter column kept set storage external;
select plumbline.describe('plumbline.measured', '各指标最近一次计算所据 | what measure last saw of each indicator',
  'rests_on', 'kept 所据的指纹：数据、名录、目录、程序版本；不同则 kept 作废 | fingerprint of what kept rests on: data, register, catalogue, version of the program; kept is void where it differs',
  'kept', '联合判定所需的中间结果，内部格式 | what judging it together with others needs, in a form of the program''s own');
