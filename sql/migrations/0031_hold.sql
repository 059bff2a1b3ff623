-- 0031: what people say to an alert, and when it was last told. Holds stop mail, never evaluation.

alter table plumbline.recipient drop constraint recipient_role_ck;
alter table plumbline.recipient add constraint recipient_role_ck check (role in ('city', 'district', 'head'));
comment on column plumbline.recipient.role is
  '角色：city 市级，district 区县级，head 负责人（只收逾期未确认的预警） | role: city, district, or head, who is told only what went unacknowledged';

create table plumbline.alert_hold (
  hold_id bigint generated always as identity,
  kind text not null,
  plan text,
  target text,
  area_code text,
  from_day date not null,
  until_day date not null,
  actor text not null,
  comment text not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  ended_why text,
  constraint alert_hold_pk primary key (hold_id),
  constraint alert_hold_kind_ck check (kind in ('ack', 'silence')),
  constraint alert_hold_days_ck check (until_day >= from_day),
  constraint alert_hold_comment_ck check (comment <> ''),
  constraint alert_hold_ended_ck check (ended_why in ('expired', 'worsened', 'resolved', 'replaced'))
);
create index alert_hold_open on plumbline.alert_hold (until_day) where ended_at is null;
select plumbline.describe('plumbline.alert_hold', '对预警的确认与静默：只停邮件，不停判定 | alerts acknowledged and silenced: mail stops, judging does not',
  'hold_id', '编号 | number',
  'kind', '种类：ack 确认，silence 静默 | ack or silence',
  'plan', '规划代号；空为全部 | plan; null for any',
  'target', '目标代号；空为全部 | target; null for any',
  'area_code', '地区代码；空为全部 | area; null for any',
  'from_day', '起始日期 | first day',
  'until_day', '截止日期（含） | last day',
  'actor', '何人 | who',
  'comment', '说明 | why',
  'made_at', '登记时刻 | when it was made',
  'ended_at', '失效时刻；空为有效 | when it ceased; null while it holds',
  'ended_why', '失效原因：expired 到期，worsened 级别升高，resolved 预警解除，replaced 另行确认 | expired, worsened, resolved or replaced');

create table plumbline.alert_timer (
  district_code text not null,
  plan text not null,
  target text not null,
  area_code text not null,
  told date not null,
  escalated smallint not null default 0,
  constraint alert_timer_pk primary key (district_code, plan, target, area_code),
  constraint alert_timer_escalated_ck check (escalated between 0 and 2)
);
select plumbline.describe('plumbline.alert_timer', '预警的提醒与上报 | when an alert was last told, and how far up',
  'district_code', '区县代码（市级行为市代码） | code of the district; the city''s own code in its rows',
  'plan', '规划代号 | plan',
  'target', '目标代号 | target',
  'area_code', '地区代码 | code of the area',
  'told', '最近一次发信的日期 | day on which it was last told',
  'escalated', '已上报到：0 无，1 区县负责人，2 市教育局 | told upwards: 0 nobody, 1 head of the district, 2 the city');

-- find_area(): a code or a name as people write it; null when there is none.
create function plumbline.find_area(written text) returns text
language sql stable set search_path = pg_catalog as $$
  select area_code from plumbline.area
   where valid_to = 'infinity' and successor_code is null and (area_code = written or name = written or lower(name_en) = lower(written))
   order by area_code = written desc, position limit 1
$$;
comment on function plumbline.find_area(text) is '按代码或名称查现行地区 | current area by code or name';

-- acknowledge(): somebody has taken an open alert on; until a day that lies ahead. 0 when there is no such alert, -1 for a day that is over.
create function plumbline.acknowledge(area text, target_name text, until date, why text, who text default session_user) returns bigint
language plpgsql set search_path = pg_catalog as $$
declare
  a plumbline.alert;
  hold bigint;
begin
  select * into a from plumbline.alert x
   where x.area_code = plumbline.find_area(area) and x.target = target_name and x.state in ('firing', 'recovering')
   order by x.plan desc limit 1;
  if not found then
    return 0;
  elsif until is null or until <= plumbline.today() then
    return -1;
  end if;
  update plumbline.alert_hold h set ended_at = plumbline.clock(), ended_why = 'replaced'
   where h.kind = 'ack' and h.ended_at is null and h.plan = a.plan and h.target = a.target and h.area_code = a.area_code;
  insert into plumbline.alert_hold (kind, plan, target, area_code, from_day, until_day, actor, comment, made_at)
  values ('ack', a.plan, a.target, a.area_code, plumbline.today(), until, who, why, plumbline.clock()) returning hold_id into hold;
  insert into plumbline.alert_event (district_code, plan, target, area_code, at, actor, from_state, to_state, reason, reason_en)
  values (a.district_code, a.plan, a.target, a.area_code, plumbline.clock(), who, a.state, a.state,
          format('已确认，至%s：%s', until, why), format('acknowledged until %s: %s', until, why));
  return hold;
end $$;
comment on function plumbline.acknowledge(text, text, date, text, text) is
  '确认一条预警，须有期限和说明 | acknowledges an open alert, with an expiry and a comment; who is the session''s user unless given';

-- silence(): no mail about an area, a target, or both, from one day to another. -1 for days that are over or the wrong way round, -2 for
-- an unknown area, -3 for an unknown target (an indicator stands for its targets).
create function plumbline.silence(area text, target_name text, from_day date, until date, why text, who text default session_user) returns bigint
language plpgsql set search_path = pg_catalog as $$
declare
  code text := plumbline.find_area(area);
  hold bigint;
begin
  if until is null or until < plumbline.today() or until < coalesce(from_day, plumbline.today()) then
    return -1;
  elsif area is not null and code is null then
    return -2;
  elsif target_name is not null and not exists (select from plumbline.target t where target_name in (t.target, t.indicator)) then
    return -3;
  end if;
  insert into plumbline.alert_hold (kind, target, area_code, from_day, until_day, actor, comment, made_at)
  values ('silence', target_name, code, coalesce(from_day, plumbline.today()), until, who, why, plumbline.clock()) returning hold_id into hold;
  return hold;
end $$;
comment on function plumbline.silence(text, text, date, date, text, text) is
  '某地区、某目标或两者在一段时间内不发邮件 | stops mail about an area, a target or both for some days; who is the session''s user unless given';
