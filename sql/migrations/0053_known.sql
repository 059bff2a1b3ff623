-- 0053: figures that became known after a moment are found by it, and not by reading ten years.

create index estimate_known_from on plumbline.estimate (known_from);
create index school_estimate_known_from on plumbline.school_estimate (known_from);
create index school_estimate_history_known_to on plumbline.school_estimate_history (known_to);
