-- 0018: indexes for what is asked most: an indicator through the years, what awaits confirmation, what moved lately.
create index estimate_indicator on plumbline.estimate (indicator, stratum, period);
create index estimate_provisional on plumbline.estimate (indicator, period) where provisional;
create index estimate_known_from on plumbline.estimate (known_from);
create index estimate_history_known_to on plumbline.estimate_history (known_to);
