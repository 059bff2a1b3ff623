-- 0075: what schools reported, as measure read it, district by district and period by period, so that a night reads only those periods
-- of which files came since.
create table plumbline.measured_cells (
  district_code text not null,
  year smallint not null,
  indicator text not null,
  period text not null,
  cells bytea not null,
  constraint measured_cells_pk primary key (district_code, year, indicator, period),
  constraint measured_cells_measured_fk foreign key (indicator) references plumbline.measured (indicator) on delete cascade
);
alter table plumbline.measured_cells alter column cells set storage external;
select plumbline.describe('plumbline.measured_cells', '计算时读入的学校数据，按指标、区县、时期 | what measure read of schools, by indicator, district and period',
  'district_code', '区县代码 | code of the district',
  'year', '年份 | year of the period',
  'indicator', '指标代号 | indicator',
  'period', '时期 | period',
  'cells', '各校各分层的分子与分母，内部格式 | numerators and denominators of schools by stratum, in a form of the program''s own');

alter table plumbline.measured add column cells_rest_on text, add column cells_seen bigint[];
select plumbline.describe('plumbline.measured', '各指标最近一次计算所据 | what measure last saw of each indicator',
  'cells_rest_on', 'measured_cells 所据的指纹：名录、目录、程序版本；不同则作废 | fingerprint of what measured_cells rests on: register, catalogue, version of the program; they are void where it differs',
  'cells_seen', '读入时的台账：最大批次号、已入库批次数、最大批次处理号 | ledger when they were read: newest batch, number of batches loaded, newest decision about a batch');
