-- list_final_weights: the frozen weights of a target's strata. $1 plan, $2 target
select stratum, weight from plumbline.target_weight where plan = $1 and target = $2 and final order by stratum
