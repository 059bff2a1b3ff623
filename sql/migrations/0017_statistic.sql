-- 0017: what statisticians reach for, as functions and aggregates: the same numbers as the program's own, in percent like monitor's values.

-- Wichura (1988), algorithm AS 241, 16 digits.
create function monitor.normal_quantile(p double precision) returns double precision
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  q constant float8 := p - 0.5;
  r float8;
  v float8;
begin
  if not (p > 0 and p < 1) then
    return null;
  end if;
  if abs(q) <= 0.425 then
    r := 0.180625 - q * q;
    return q * (((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r + 4.5921953931549871457e4) * r
                   + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r + 1.3314166789178437745e2) * r + 3.387132872796366608)
             / (((((((5.226495278852545925e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r + 2.1213794301586595867e4) * r
                   + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r + 4.2313330701600911252e1) * r + 1.0);
  end if;
  r := sqrt(-ln(case when q < 0 then p else 1 - p end));
  if r <= 5 then
    r := r - 1.6;
    v := (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r + 1.27045825245236838258) * r
             + 3.64784832476320460504) * r + 5.76949722146069140550) * r + 4.63033784615654529590) * r + 1.42343711074968357734)
       / (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r
             + 6.89767334985100004550e-1) * r + 1.67638483018380384940) * r + 2.05319162663775882187) * r + 1.0);
  else
    r := r - 5;
    v := (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2) * r
             + 2.96560571828504891230e-1) * r + 1.78482653991729133580) * r + 5.46378491116411436990) * r + 6.65790464350110377720)
       / (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4) * r
             + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r + 5.99832206555887937690e-1) * r + 1.0);
  end if;
  return case when q < 0 then -v else v end;
end $$;
comment on function monitor.normal_quantile(double precision) is '标准正态分位数 | quantile of the standard normal distribution';

-- ln(z!) less Stirling's ln(sqrt(2 pi z) (z/e)^z): by its series from 16 up, below by recurrence: delta(z) = delta(z+1) + (z + 1/2) ln(1 + 1/z) - 1, the logarithm
-- through atanh, which keeps its digits where 1/z is small.
create function monitor.stirling_rest(z double precision) returns double precision
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  a float8 := z;
  rest float8 := 0;
  s float8;
begin
  while a < 16 loop
    rest := rest + (2 * a + 1) * atanh(1 / (2 * a + 1)) - 1;
    a := a + 1;
  end loop;
  s := 1 / (a * a);
  return rest + (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - (1.0 / 1188 - 691.0 / 360360 * s) * s) * s) * s) * s) / a;
end $$;
comment on function monitor.stirling_rest(double precision) is 'ln(z!) 与斯特林近似之差 | ln(z!) less Stirling''s approximation';

-- x ln(x/m) + m - x, without the cancellation near x = m (Loader 2000).
create function monitor.deviance_part(x double precision, m double precision) returns double precision
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  v float8 := (x - m) / (x + m);
  term float8;
  sum float8;
begin
  if abs(v) >= 0.1 then
    return x * ln(x / m) + m - x;
  end if;
  sum := (x - m) * v;
  term := 2 * x * v;
  for j in 1 .. 1000 loop
    term := term * v * v;
    exit when abs(term / (2 * j + 1)) < 1e-18 * abs(sum) or term = 0;
    sum := sum + term / (2 * j + 1);
  end loop;
  return sum;
end $$;
comment on function monitor.deviance_part(double precision, double precision) is '偏差项 x ln(x/m) + m - x | a part of the deviance: x ln(x/m) + m - x';

-- x^a (1-x)^b / (a B(a, b)), by the binomial's saddle point.
create function monitor.beta_front(x double precision, a double precision, b double precision) returns double precision
language sql immutable parallel safe set search_path = pg_catalog as $$
  select exp(greatest(-700, monitor.stirling_rest(a + b) - monitor.stirling_rest(a) - monitor.stirling_rest(b)
             - monitor.deviance_part(a, (a + b) * x) - monitor.deviance_part(b, (a + b) * (1 - x))))
         * sqrt((a + b) / (2 * pi() * a * b)) * b / (a + b)
$$;
comment on function monitor.beta_front(double precision, double precision, double precision) is '不完全贝塔函数的前因子 | x^a (1-x)^b / (a B(a, b))';

-- I_x(a, b) over x^a y^b / B(a, b), y = 1 - x, for x below a / (a + b): the continued fraction of Didonato and Morris (1992), whose
-- first member is a - (a + b) x, computed from the smaller of x and y so that it keeps its digits; where a parameter is below 1, which
-- that one does not allow, the common one by Lentz' method.
create function monitor.beta_fraction(x double precision, y double precision, a double precision, b double precision) returns double precision
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  gap constant float8 := 1 + case when a > b then (a + b) * y - b else a - (a + b) * x end;
  unit constant float8 := 1 + 1 / a;
  above_before float8 := 0;
  below_before float8 := 1;
  below_now float8 := gap / unit;
  r float8 := unit / gap;
  above_now float8 := 1;
  alpha float8;
  beta float8;
  next_above float8;
  next_below float8;
  w float8;
  c float8 := 1;
  d float8;
begin
  if least(a, b) < 1 then
    d := 1 / (1 - (a + b) * x / (a + 1));
    r := d;
    for m in 1 .. 100000 loop
      for odd in 0 .. 1 loop
        w := case odd when 0 then m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                      else -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)) end;
        d := 1 / (1 + w * d);
        c := 1 + w / c;
        r := r * c * d;
      end loop;
      exit when abs(c * d - 1) < 1e-16;
    end loop;
    return r / a;
  end if;
  for n in 1 .. 100000 loop
    w := n * (b - n) * x;
    alpha := (1 + (n - 1) / a) * (1 + (n - 1) / a + b / a) * power(a / (a + 2 * n - 1), 2) * w * x;
    beta := n + w / (a + 2 * n - 1) + (1 + n / a) / (unit + 2 * n / a) * (gap + n * (1 + y));
    next_above := alpha * above_before + beta * above_now;
    next_below := alpha * below_before + beta * below_now;
    exit when abs(next_above / next_below - r) <= 1e-16 * r;
    r := next_above / next_below;
    above_before := above_now / next_below;
    below_before := below_now / next_below;
    above_now := r;
    below_now := 1;
  end loop;
  return r;
end $$;
comment on function monitor.beta_fraction(double precision, double precision, double precision, double precision) is
  '不完全贝塔函数的连分式 | continued fraction of the incomplete beta function';

-- Both tails at once, the smaller one exactly: I_x(a, b) and its complement.
create function monitor.beta_tails(x double precision, a double precision, b double precision, out below double precision, out above double precision)
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
begin
  if x < a / (a + b) then
    below := monitor.beta_front(x, a, b) * a * monitor.beta_fraction(x, 1 - x, a, b);
    above := 1 - below;
  else
    above := monitor.beta_front(x, a, b) * a * monitor.beta_fraction(1 - x, x, b, a);
    below := 1 - above;
  end if;
end $$;
comment on function monitor.beta_tails(double precision, double precision, double precision) is '贝塔分布的下尾与上尾概率 | lower and upper tail of the beta distribution';

-- Newton inside a bracket, from Wilson's limit for the same tail.
create function monitor.beta_quantile(tail double precision, a double precision, b double precision, upper boolean default false)
returns double precision
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  z constant float8 := case when upper then 1 else -1 end * abs(monitor.normal_quantile(tail));
  n constant float8 := a + b;
  low float8 := 0;
  high float8 := 1;
  x float8 := (a + z * z / 2 + z * sqrt(z * z / 4 + a * b / n)) / (n + z * z);
  excess float8;
  newer float8;
begin
  if not (tail > 0 and tail <= 0.5 and a > 0 and b > 0) then
    return null;
  end if;
  for i in 1 .. 200 loop
    select case when upper then tail - t.above else t.below - tail end into excess from monitor.beta_tails(x, a, b) t;
    if excess > 0 then high := x; else low := x; end if;
    newer := x - excess * x * (1 - x) / (a * monitor.beta_front(x, a, b));
    -- Before the bracket is asked: at the root a step of nothing is no step out of it.
    if abs(newer - x) <= 1e-15 * x then
      return newer;
    elsif not (newer > low and newer < high) then
      newer := (low + high) / 2;
    end if;
    x := newer;
  end loop;
  return x;
end $$;
comment on function monitor.beta_quantile(double precision, double precision, double precision, boolean) is
  '贝塔分布分位数：尾概率不超过0.5，upper 指上尾 | quantile of the beta distribution for a tail up to 0.5, the lower or the upper one';

-- Through t^2 / (df + t^2), which is a beta variable, or what it lacks to 1, whichever is the smaller.
create function monitor.student_quantile(p double precision, df double precision) returns double precision
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  tail constant float8 := 2 * least(p, 1 - p);
  sign constant float8 := case when p < 0.5 then -1 else 1 end;
  v float8;
begin
  if not (p > 0 and p < 1 and df > 0) then
    return null;
  elsif p = 0.5 then
    return 0;
  elsif tail < (select above from monitor.beta_tails(0.5, 0.5, df / 2)) then
    v := case when tail <= 0.5 then monitor.beta_quantile(tail, df / 2, 0.5) else monitor.beta_quantile(1 - tail, df / 2, 0.5, true) end;
    return sign * sqrt(df * (1 - v) / v);
  end if;
  v := case when tail <= 0.5 then monitor.beta_quantile(tail, 0.5, df / 2, true) else monitor.beta_quantile(1 - tail, 0.5, df / 2) end;
  return sign * sqrt(df * v / (1 - v));
end $$;
comment on function monitor.student_quantile(double precision, double precision) is 't 分布分位数 | quantile of Student''s t distribution';

-- ---------------------------------------------------------------------------------------------------------------
-- Intervals of a plain share, in percent.

create function monitor.wilson(x double precision, n double precision, confidence double precision default 0.95,
                               out low double precision, out high double precision)
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  z constant float8 := monitor.normal_quantile(0.5 + confidence / 2);
  up float8;
begin
  if n > 0 and x >= 0 and x <= n then
    up := (x + z * z / 2 + z * sqrt(z * z / 4 + x * (1 - x / n))) / (n + z * z);
    low := 100 * ((x / n) * (x / n) * n / (n + z * z) / up);
    high := 100 * case when x < n then up else 1 end;
  end if;
end $$;
comment on function monitor.wilson(double precision, double precision, double precision) is
  'n 中有 x 的威尔逊区间（%） | Wilson''s interval of x of n (percent)';

create function monitor.clopper_pearson(x double precision, n double precision, confidence double precision default 0.95,
                                        out low double precision, out high double precision)
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  tail constant float8 := (1 - confidence) / 2;
begin
  if n > 0 and x >= 0 and x <= n then
    low := 100 * case when x = 0 then 0 when x = n then exp(ln(tail) / n) else monitor.beta_quantile(tail, x, n - x + 1) end;
    high := 100 * case when x = n then 1 when x = 0 then -2 * tanh(ln(tail) / (2 * n)) / (1 - tanh(ln(tail) / (2 * n))) else monitor.beta_quantile(tail, x + 1, n - x, true) end;
  end if;
end $$;
comment on function monitor.clopper_pearson(double precision, double precision, double precision) is
  'n 中有 x 的精确区间（%） | Clopper and Pearson''s interval of x of n (percent)';

-- expit(logit p ± t se / (p (1 - p))), in percent; p and se are fractions.
create function monitor.logit_interval(p double precision, se double precision, df double precision, confidence double precision default 0.95,
                                       out low double precision, out high double precision)
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  centre float8;
  half float8;
begin
  if p > 0 and p < 1 and se >= 0 and df > 0 then
    centre := ln(p / (1 - p));
    half := monitor.student_quantile(0.5 + confidence / 2, df) * se / (p * (1 - p));
    low := 100 / (1 + exp(half - centre));
    high := 100 / (1 + exp(-centre - half));
  end if;
end $$;
comment on function monitor.logit_interval(double precision, double precision, double precision, double precision) is
  '率与标准误的 logit-t 区间（%） | logit-t interval of a rate with its standard error (percent)';

-- ---------------------------------------------------------------------------------------------------------------
-- Rates of areas: schools are clusters.

create type monitor.rate as (
  numerator double precision,
  denominator double precision,
  value double precision,
  se double precision,
  df double precision,
  low95 double precision,
  high95 double precision,
  schools bigint,
  method text
);
comment on type monitor.rate is '率（%）、标准误（百分点）、自由度、95%置信区间（%）、学校数与方法 | a rate (percent), its standard error (points), degrees of freedom, 95% interval (percent), schools and method';
create type monitor.school_count as (school text, stratum text, x double precision, n double precision, weight double precision);
comment on type monitor.school_count is '学校在一层内的计数 | counts of a school in a stratum';

create function monitor.collect_count(state monitor.school_count[], school text, stratum text, x double precision, n double precision, weight double precision)
returns monitor.school_count[]
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
begin
  if n > 0 then
    state := state || row(school, stratum, x, n, weight)::monitor.school_count;
  end if;
  return state;
end $$;
comment on function monitor.collect_count(monitor.school_count[], text, text, double precision, double precision, double precision) is
  '聚合的累积步骤 | step of the aggregates';
create function monitor.collect_count(state monitor.school_count[], school text, x double precision, n double precision)
returns monitor.school_count[]
language sql immutable parallel safe set search_path = pg_catalog as $$ select monitor.collect_count(state, school, 'all', x, n, 1) $$;
comment on function monitor.collect_count(monitor.school_count[], text, double precision, double precision) is '聚合的累积步骤 | step of the aggregates';

-- As estimate_ratio() in the program: exact where x is 0 or n, Wilson for one school or schools that all agree, none for 2 to 4, logit-t from 5 up.
create function monitor.clustered_rate(state monitor.school_count[]) returns monitor.rate
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  r monitor.rate;
  p float8;
  se float8;
begin
  select sum(x), sum(n), count(distinct school) into r.numerator, r.denominator, r.schools from unnest(state);
  if r.denominator is null then
    return r;
  end if;
  p := r.numerator / r.denominator;
  r.value := 100 * p;
  r.df := r.schools - 1;
  if r.schools > 1 then
    select sqrt(sum(z * z) * r.schools / (r.schools - 1)) into se
      from (select (sum(x) - p * sum(n)) / r.denominator as z from unnest(state) group by school) s;
    r.se := 100 * se;
  end if;
  if r.numerator <= 0 or r.numerator >= r.denominator then
    r.method := 'clopper_pearson';
    select low, high into r.low95, r.high95 from monitor.clopper_pearson(r.numerator, r.denominator);
  elsif r.schools = 1 or r.schools >= 5 and se <= 1e-12 then
    r.method := 'wilson';
    select low, high into r.low95, r.high95 from monitor.wilson(r.numerator, r.denominator);
  elsif r.schools >= 5 then
    r.method := 'logit_t';
    select low, high into r.low95, r.high95 from monitor.logit_interval(p, se, r.df);
  else
    r.method := 'none';
  end if;
  return r;
end $$;
comment on function monitor.clustered_rate(monitor.school_count[]) is 'clustered() 的最终步骤 | final step of clustered()';

create aggregate monitor.clustered(school text, x double precision, n double precision) (
  sfunc = monitor.collect_count, stype = monitor.school_count[], initcond = '{}', finalfunc = monitor.clustered_rate, parallel = safe);
comment on aggregate monitor.clustered(text, double precision, double precision) is
  '以学校为群的率及其区间：x 与 n 为各行计数 | rate with schools as clusters: x and n are the counts of each row';

-- Connected schools and strata get one number: each stratum takes the least of those it shares a school with, until none changes.
create function monitor.group_strata(state monitor.school_count[], out stratum text, out group_no bigint) returns setof record
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  names constant text[] := array(select distinct s.stratum from unnest(state) s order by 1);
  numbers bigint[] := array(select i from generate_subscripts(names, 1) i);
  before bigint[];
  school_strata record;
  least_no bigint;
begin
  loop
    before := numbers;
    for school_strata in select array_agg(distinct array_position(names, s.stratum)) as at from unnest(state) s group by s.school loop
      least_no := (select min(numbers[i]) from unnest(school_strata.at) i);
      for i in 1 .. cardinality(school_strata.at) loop
        numbers[school_strata.at[i]] := least_no;
      end loop;
    end loop;
    exit when before = numbers;
  end loop;
  return query select names[i], numbers[i] from generate_subscripts(names, 1) i;
end $$;
comment on function monitor.group_strata(monitor.school_count[]) is '相连的学校与层分组 | connected groups of schools and strata';

-- As trend_level_interval() in the program.
create function monitor.standardised_rate(state monitor.school_count[]) returns monitor.rate
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  r monitor.rate;
  p float8;
  total float8;
  variance float8;
  groups bigint;
begin
  select sum(x), sum(n), count(distinct school) into r.numerator, r.denominator, r.schools from unnest(state) where weight > 0;
  select sum(w), sum(w * x / n) into total, p
    from (select s.stratum, max(s.weight) as w, sum(s.x) as x, sum(s.n) as n from unnest(state) s where s.weight > 0 group by 1) l;
  -- A stratum with weight that nobody was examined in leaves no rate.
  if total is null or abs(total - 1) > 1e-9 then
    return r;
  end if;
  with cell as (select s.* from unnest(state) s where s.weight > 0),
  stratum as (select c.stratum, sum(c.x) / sum(c.n) as p, sum(c.n) as n from cell c group by 1),
  z as (select c.school, min(g.group_no) as group_no, sum(c.weight * (c.x - s.p * c.n) / s.n) as z
          from cell c join stratum s on s.stratum = c.stratum
          join monitor.group_strata(array(select row(c2.*)::monitor.school_count from cell c2)) g on g.stratum = c.stratum group by 1),
  grouped as (select group_no, count(*) as m, sum(z * z) as ss from z group by 1)
  select sum(case when m > 1 then ss * m / (m - 1) else 0 end), count(*) into variance, groups from grouped;
  r.value := 100 * p;
  r.df := r.schools - groups;
  if r.df >= 1 then
    r.se := 100 * sqrt(variance);
  end if;
  r.method := 'none';
  if p <= 0 or p >= 1 then
    r.method := 'clopper_pearson';
    select low, high into r.low95, r.high95 from monitor.clopper_pearson(r.numerator, r.denominator);
  elsif r.schools >= 5 and r.se > 0 then
    r.method := 'logit_t';
    select low, high into r.low95, r.high95 from monitor.logit_interval(p, sqrt(variance), r.df);
  elsif r.schools = 1 or r.se = 0 then
    r.method := 'wilson';
    select low, high into r.low95, r.high95 from monitor.wilson(p * r.denominator, r.denominator);
  end if;
  return r;
end $$;
comment on function monitor.standardised_rate(monitor.school_count[]) is 'standardised() 的最终步骤 | final step of standardised()';

create aggregate monitor.standardised(school text, stratum text, x double precision, n double precision, weight double precision) (
  sfunc = monitor.collect_count, stype = monitor.school_count[], initcond = '{}', finalfunc = monitor.standardised_rate, parallel = safe);
comment on aggregate monitor.standardised(text, text, double precision, double precision, double precision) is
  '标准化率及其区间：weight 为各层权重，合计为1 | standardised rate with its interval: weight is the stratum''s, those of all strata sum to 1';

do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'monitor'::regnamespace and not p.prosecdef and p.proname <> 'as_of' loop
    execute format('grant execute on function %s to plumbline_statistician', f);
  end loop;
  execute 'grant usage on type monitor.rate, monitor.school_count to plumbline_statistician';
end $$;
