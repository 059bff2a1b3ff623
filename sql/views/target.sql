-- monitor.target: the plan's numbers.
drop view if exists monitor.target;
create view monitor.target as
select plan, target, item, headline, indicator, kind, value, unit, good, scope, areas, baseline_value, baseline_period, growth_from,
       deadline, deadline_period, increment_basis, name collate "zh-x-icu" as name, name_en, short_name, note, note_en, position, known_from
  from plumbline.target_seen;
select plumbline.describe('monitor.target', '规划目标 | targets: single numbers of a plan');
select plumbline.describe_like('monitor.target', 'plumbline.target');
