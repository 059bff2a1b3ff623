-- 0036: the outbox grows, so its rows carry the district that they are for, as every table that grows does.

alter table plumbline.outbox add column district_code text;
update plumbline.outbox o
   set district_code = coalesce((select r.area_code from plumbline.recipient r where r.recipient = o.recipient), '');
alter table plumbline.outbox
  alter column district_code set not null,
  drop constraint outbox_pk,
  drop constraint outbox_message_id_uq,
  add constraint outbox_pk primary key (district_code, outbox_id),
  add constraint outbox_message_id_uq unique (district_code, message_id);
create index outbox_id on plumbline.outbox (outbox_id);
comment on column plumbline.outbox.district_code is
  '收件人负责的地区（市级为市代码；已不在目录中为空） | area that the recipient answers for: a district''s or the city''s code; empty when unknown';
