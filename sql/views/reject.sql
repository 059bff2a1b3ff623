-- monitor.reject: rows that a rule refused or wants confirmed, with the file that they came in.
drop view if exists monitor.reject;
create view monitor.reject as
select r.batch_id, b.file_name, b.feed, r.line_no, r.spreadsheet_row, r.column_no, r.column_name, r.header, r.value, r.rule,
       r.severity, r.message, r.message_en, r.school_code, r.reject_no, r.district_code, r.year, b.received_at
  from plumbline.reject r join plumbline.batch b on b.batch_id = r.batch_id
 where b.received_at <= (select plumbline.seen_at());
select plumbline.describe('monitor.reject', '被退回或待确认的行 | rows that a rule refused or wants confirmed');
select plumbline.describe_like('monitor.reject', 'plumbline.reject');
select plumbline.describe_like('monitor.reject', 'plumbline.batch');
