-- Was the number of failed tests of the cell's country hidden in any of its figures, as one line had nearly all (collector/figure/tally.c)?
-- Of those that were told before, the last says it, where it has a value.
ALTER TABLE told_cell ADD failed_hidden boolean NOT NULL DEFAULT false;
UPDATE told_cell t SET failed_hidden = true
FROM indicator_value v
WHERE v.computed AND (v.indicator, v.period) = (t.indicator, t.period) AND t.key::jsonb = jsonb_build_array(v.country, v.source, NULL, NULL, NULL, NULL)
  AND num_nonnulls(v.geo, v.operator, v.technology, v.family, v.zone) = 0 AND v.value IS NOT NULL AND v.n_failed IS NULL;
