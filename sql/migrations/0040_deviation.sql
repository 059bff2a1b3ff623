-- What deviation means, as the program computes it.
select plumbline.describe('plumbline.verdict', '判定：地区对照目标的现状 | verdicts: how an area stands against a target',
  'deviation', '偏在路径不利一侧的程度（百分点；计数为个），正值为不利：宜升的目标为 path_now − value_now，宜降的为 value_now − path_now | how far the area is on the bad side of its path (percentage points; items for counts), positive is bad: path_now - value_now where up is good, value_now - path_now where down is good');
