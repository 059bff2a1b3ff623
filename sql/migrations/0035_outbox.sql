-- 0035: a mail is claimed for as long as an attempt may take, and may be kept back by the list of those who are written to.

alter table plumbline.outbox
  add column lease_until timestamptz,
  add column kept_back boolean not null default false,
  add constraint outbox_kept_back_ck check (dead or not kept_back);
comment on column plumbline.outbox.tries is '已开始的尝试次数（次） | attempts begun so far (number)';
comment on column plumbline.outbox.lease_until is
  '正在投递，至此刻前他人不取；空为无人投递 | an attempt is under way and nobody else takes the mail before; null when none is';
comment on column plumbline.outbox.kept_back is
  '收件人不在 mail.only_to 名单内，未投递 | never sent since its recipient is not on the list mail.only_to';
