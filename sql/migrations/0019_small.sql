-- 0019: intervals for few schools of unequal size, as the program makes them.

-- What few clusters do to a variance and its degrees of freedom: CR2 (Bell and McCaffrey 2002) and the harmonic mean of the plain degrees
-- of freedom and Satterthwaite's; small_sample() in the program says why. omega holds each school's share of each stratum, school by
-- school; with P = diag(u) - omega W omega' residuals are P times the schools' deviations. Only matrices of strata are formed.
create function monitor.small_sample(omega double precision[], w double precision[], z double precision[], plain_variance double precision,
                                     plain_df double precision, out ratio double precision, out df double precision)
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  strata constant int := cardinality(w);
  schools constant int := cardinality(z);
  nothing constant float8[] := array_fill(0::float8, array[strata * strata]);
  b2 float8[] := nothing;
  m0 float8[] := nothing;
  m1 float8[] := nothing;
  m2 float8[] := nothing;
  u float8;
  b float8;
  bb float8;
  a float8;
  f float8;
  o float8[];
  variance float8 := 0;
  trace float8 := 0;
  squares float8 := 0;
begin
  ratio := 1;
  df := plain_df;
  if not (plain_variance > 0 and plain_df > 0) then
    return;
  end if;
  for s in 0 .. schools - 1 loop
    for i in 1 .. strata loop
      continue when omega[s * strata + i] = 0;
      for j in 1 .. strata loop
        b2[(i - 1) * strata + j] := b2[(i - 1) * strata + j] + w[i] * w[j] * omega[s * strata + i] * omega[s * strata + j];
      end loop;
    end loop;
  end loop;
  for s in 0 .. schools - 1 loop
    o := omega[s * strata + 1 : (s + 1) * strata];
    u := 0;
    b := 0;
    bb := 0;
    for i in 1 .. strata loop
      continue when o[i] = 0;
      u := u + w[i] * o[i];
      b := b + w[i] * o[i] * o[i];
      for j in 1 .. strata loop
        bb := bb + o[i] * b2[(i - 1) * strata + j] * o[j];
      end loop;
    end loop;
    a := u * u - 2 * u * b + bb;
    -- The only school of its stratum has no residual.
    f := case when a > 1e-9 * u * u then u * u / a else 0 end;
    variance := variance + f * z[s + 1] * z[s + 1];
    trace := trace + f * a;
    squares := squares + f * f * (a * a - (a - u * u) * (a - u * u));
    for i in 1 .. strata loop
      continue when o[i] = 0 or f = 0;
      for j in 1 .. strata loop
        m0[(i - 1) * strata + j] := m0[(i - 1) * strata + j] + f * o[i] * o[j];
        m1[(i - 1) * strata + j] := m1[(i - 1) * strata + j] + f * u * o[i] * o[j];
        m2[(i - 1) * strata + j] := m2[(i - 1) * strata + j] + f * u * u * o[i] * o[j];
      end loop;
    end loop;
  end loop;
  -- tr(M2 W M0 W), tr(M1 W M1 W), tr(M1 W M0 B2), tr(M0 B2 M0 B2)
  declare
    m0b2 float8[] := nothing;
    k0 float8 := 0;
    k1 float8 := 0;
    k2 float8 := 0;
    k3 float8 := 0;
  begin
    for i in 0 .. strata - 1 loop
      for j in 1 .. strata loop
        for k in 0 .. strata - 1 loop
          m0b2[i * strata + j] := m0b2[i * strata + j] + m0[i * strata + k + 1] * b2[k * strata + j];
        end loop;
      end loop;
    end loop;
    for i in 1 .. strata loop
      for j in 1 .. strata loop
        k0 := k0 + m2[(i - 1) * strata + j] * w[j] * m0[(j - 1) * strata + i] * w[i];
        k1 := k1 + m1[(i - 1) * strata + j] * w[j] * m1[(j - 1) * strata + i] * w[i];
        k2 := k2 + m1[(i - 1) * strata + j] * w[j] * m0b2[(j - 1) * strata + i];
        k3 := k3 + m0b2[(i - 1) * strata + j] * m0b2[(j - 1) * strata + i];
      end loop;
    end loop;
    squares := squares + 2 * k0 + 2 * k1 - 4 * k2 + k3;
  end;
  if variance > 0 and trace > 0 and squares > 0 then
    ratio := variance / plain_variance;
    df := least(plain_df, trace * trace / squares);
    df := 2 * plain_df * df / (plain_df + df);
  end if;
end $$;
comment on function monitor.small_sample(double precision[], double precision[], double precision[], double precision, double precision) is
  '学校少且规模不等时对方差与自由度的修正 | what few schools of unequal size do to a variance and its degrees of freedom';
grant execute on function monitor.small_sample(double precision[], double precision[], double precision[], double precision, double precision)
  to plumbline_statistician;

-- As estimate_ratio() in the program: exact where x is 0 or n, Wilson for one school or schools that all agree, none for 2 to 4, logit-t from 5 up,
-- mended for few schools.
create or replace function monitor.clustered_rate(state monitor.school_count[]) returns monitor.rate
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  r monitor.rate;
  p float8;
  se float8;
  small record;
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
    select m.* into small
      from (select array_agg(n / r.denominator) as omega, array_agg((x - p * n) / r.denominator) as z
              from (select sum(x) as x, sum(n) as n from unnest(state) group by school) s) q,
           monitor.small_sample(q.omega, array[1.0], q.z, se * se, r.df) m;
    select low, high into r.low95, r.high95 from monitor.logit_interval(p, se * sqrt(small.ratio), small.df);
  else
    r.method := 'none';
  end if;
  return r;
end $$;

-- As small_level_interval() in the program.
create or replace function monitor.standardised_rate(state monitor.school_count[]) returns monitor.rate
language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare
  r monitor.rate;
  p float8;
  total float8;
  variance float8;
  groups bigint;
  small record;
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
    with cell as (select s.school, s.stratum, s.weight, sum(s.x) as x, sum(s.n) as n from unnest(state) s where s.weight > 0 group by 1, 2, 3),
    layer as (select c.stratum, max(c.weight) as weight, sum(c.x) as x, sum(c.n) as n from cell c group by 1),
    grid as (select u.school, l.stratum, coalesce(c.n, 0) / l.n as omega, l.weight * (coalesce(c.x, 0) - l.x / l.n * coalesce(c.n, 0)) / l.n as z
               from (select distinct school from cell) u cross join layer l left join cell c on c.school = u.school and c.stratum = l.stratum)
    select m.* into small
      from monitor.small_sample(array(select omega from grid order by school, stratum), array(select weight from layer order by stratum),
                                array(select sum(z) from grid group by school order by school), variance, r.df) m;
    select low, high into r.low95, r.high95 from monitor.logit_interval(p, sqrt(variance * small.ratio), small.df);
  elsif r.schools = 1 or r.se = 0 then
    r.method := 'wilson';
    select low, high into r.low95, r.high95 from monitor.wilson(p * r.denominator, r.denominator);
  end if;
  return r;
end $$;
