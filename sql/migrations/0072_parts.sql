-- 0072: of what each indicator was measured on, part by part, so that only what moved is measured again.
alter table plumbline.measured add column definition text, add column parts text;
select plumbline.describe('plumbline.measured', '各指标最近一次计算所据 | what measure last saw of each indicator',
  'definition', '除数据外所据的指纹：名录、目录、标准化权重、程序版本 | fingerprint of what it rests on beside the data: register, catalogue, weights, version of the program',
  'parts', '各区各时期数据的指纹，一行一个 | fingerprints of the data, a line for each district and period');
