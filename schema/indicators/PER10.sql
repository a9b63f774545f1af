-- id: PER10
-- name.fr: Indice de qualité d’usage (IQB)
-- name.en: Internet quality barometer (IQB)
-- unit: 0-1
-- decimals: 2
-- better: high
-- status: proposed
-- nature: quantitative
-- kind: measured
-- over: figures
-- method: 2
-- key: 3
-- dimensions: operator, department, technology, zone
-- aggregate: value
-- definition.fr: Part des exigences tenues, de 0 à 1, d’après le cadre IQB (Internet Quality Barometer) de M-Lab : six usages (navigation, vidéo, audio, visioconférence, sauvegarde, jeu) demandent chacun un débit descendant, un débit montant, une latence et une perte, avec un poids ; un usage vaut la part pondérée de ce qu’il obtient, et tous les usages comptent autant. Les mesures sont celles de ce rapport, du même endroit, opérateur, technologie ou zone : médianes des lignes de PER5, PER6 et PER3, moyenne de PER8 ; la ligne du milieu, donc, ni les mieux ni les moins bien servies. La latence est celle vers des cibles dans le pays : vers l’étranger l’indice ne serait pas plus haut. Où une des quatre manque, il n’y a pas d’indice. Il ne se cite pas sans les exigences qui ne sont pas tenues (note) : 0,14 n’est pas 14 sur 100.
-- definition.en: Share of requirements that are met, from 0 to 1, after M-Lab's IQB framework (Internet Quality Barometer): six use cases (web browsing, video streaming, audio streaming, video conferencing, online backup, gaming) ask for a download and an upload throughput, a latency and a loss each, with a weight; a use case scores the weighted part of what it gets, and all count alike. The measures are those of this report, of the same place, operator, technology or zone: medians over lines of PER5, PER6 and PER3, the mean of PER8; the line in the middle, that is, neither the better-off nor the worse-off ones. Latency is that towards targets within the country: towards abroad the index would not be higher. Where one of the four is missing there is none. It is not to be cited without the requirements that fail (note): 0.14 is not 14 out of 100.
SELECT v.country, v.geo, v.operator, v.technology, v.zone, v.source, v.simulated, q.score AS value, v.floor, 'failed: ' || q.failed AS note, v.as_of
FROM (SELECT country, geo, operator, technology, zone, source, simulated, min(as_of) AS as_of,
             CASE WHEN bool_or(floor = 'off') THEN 'off' ELSE 'met' END AS floor,
             max(value) FILTER (WHERE indicator = 'PER5') AS download, max(value) FILTER (WHERE indicator = 'PER6') AS upload,
             max(value) FILTER (WHERE indicator = 'PER3') AS latency, max(value) FILTER (WHERE indicator = 'PER8') / 100 AS loss
      FROM indicator_value
      WHERE (indicator, statistic) IN (('PER5', 'p50'), ('PER6', 'p50'), ('PER3', 'p50'), ('PER8', 'mean')) AND period = $1::int::text
        AND computed AND family IS NULL
      GROUP BY country, geo, operator, technology, zone, source, simulated) v
CROSS JOIN LATERAL iqb(v.download, v.upload, v.latency, v.loss, $1::int) q
