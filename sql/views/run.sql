-- monitor.run: executions of the program. As of a moment during one, it had not ended.
drop view if exists monitor.run;
create view monitor.run as
select run_id, command, today, started_at, case when finished_at <= seen then finished_at end as finished_at,
       case when finished_at <= seen then exit_status end as exit_status, case when finished_at <= seen then error end as error,
       version, case when finished_at <= seen then stages else '[]' end as stages, configuration, server
  from plumbline.run, (select plumbline.seen_at() as seen) s
 where started_at <= seen;
select plumbline.describe('monitor.run', '运行记录 | executions of the program');
select plumbline.describe_like('monitor.run', 'plumbline.run');
