-- 0018: indexes for what is asked most: an indicator through the years, what awaits confirmation, what moved
-- lately. (None on known_from of the current rows: every view asks for known_from <= the moment seen, and the planner would take it.)
create index estimate_indicator on plumbline.estimate (indicator, stratum, period);
create index estimate_provisional on plumbline.estimate (indicator, period) where provisional;
create index estimate_history_known_to on plumbline.estimate_history (known_to);
