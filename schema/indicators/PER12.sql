-- id: PER12
-- check: throughput
-- name.fr: Débit tenu par 80 % des lignes 80 % du temps
-- name.en: Consistent speed 80/80
-- unit: Mbit/s
-- decimals: 1
-- better: high
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 3
-- dimensions: operator, technology, zone
-- aggregate: p20
-- days: p20
-- headline.fr: 80 % des lignes tiennent au moins {p20} Mbit/s 80 % du temps {where}.
-- headline.en: 80% of lines hold at least {p20} Mbit/s 80% of the time {where}.
-- definition.fr: Débit descendant que 80 % des lignes atteignent au moins 80 % du temps (règle 80/80 de la FCC) : de chaque ligne le 20e centile de ses jours (un débit par jour, la médiane de ses essais), puis le 20e centile des lignes. La FCC ne retient que les essais faits entre 19 h et 23 h ; ici comptent ceux de toutes les heures, tirées au sort : le chiffre n’est pas comparable au sien. Une ligne compte à partir de dix jours mesurés dans la période. Le nombre de sondes muettes, par tranche, est publié à côté (n_silent) ; pour le reste (essais, poids des lignes), comme PER5.
-- definition.en: Download that 80% of lines reach at least 80% of the time (the FCC's 80/80 rule): of each line the 20th percentile of its days (one throughput a day, the median of its tests), then the 20th percentile of the lines. The FCC takes the tests from 19:00 to 23:00 alone; here those of all hours count, which are drawn by lot: the figure is not to be compared with its own. A line counts from ten days of measurement in the period on. How many probes are silent is published beside, in steps (n_silent); all else (tests, weights of lines) is as in PER5.
SELECT day, probe_no, NULL AS family, buckets, counts, failed
FROM (SELECT d.*, count(d.buckets) OVER (PARTITION BY coalesce(h.household, d.probe_no)) AS days
      FROM (SELECT day, probe_no, sketch_join(buckets) AS buckets, sketch_join(counts) AS counts, sum(failed) AS failed
            FROM day_number
            LEFT JOIN target t USING (target_no)
            WHERE check_name = 'throughput' AND metric = 'down_mbps' AND coalesce(t.ours, true) AND day >= $1 AND day < $2
            GROUP BY day, probe_no) d
      LEFT JOIN probe_household h USING (probe_no)) w
WHERE days >= 10
