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
-- method: 1
-- dimensions: operator, department
-- aggregate: value
-- definition.fr: Part des exigences tenues, de 0 à 1, d’après le cadre IQB (Internet Quality Barometer) de M-Lab : six usages (navigation, vidéo, audio, visioconférence, sauvegarde, jeu) demandent chacun un débit descendant, un débit montant, une latence et une perte, avec un poids ; un usage vaut la part pondérée de ce qu’il obtient, et tous les usages comptent autant. Les mesures sont celles de ce rapport, au même endroit : médianes des lignes de PER5, PER6 et PER3, moyenne de PER8 ; la ligne du milieu, donc, ni les mieux ni les moins bien servies. La latence est celle vers des cibles dans le pays : vers l’étranger l’indice ne serait pas plus haut. Où une des quatre manque, il n’y a pas d’indice. Il ne se cite pas sans les exigences qui ne sont pas tenues (note) : 0,14 n’est pas 14 sur 100.
-- definition.en: Share of requirements that are met, from 0 to 1, after M-Lab's IQB framework (Internet Quality Barometer): six use cases (web browsing, video streaming, audio streaming, video conferencing, online backup, gaming) ask for a download and an upload throughput, a latency and a loss each, with a weight; a use case scores the weighted part of what it gets, and all count alike. The measures are those of this report, of the same place: medians over lines of PER5, PER6 and PER3, the mean of PER8; the line in the middle, that is, neither the better-off nor the worse-off ones. Latency is that towards targets within the country: towards abroad the index would not be higher. Where one of the four is missing there is none. It is not to be cited without the requirements that fail (note): 0.14 is not 14 out of 100.
SELECT d.country, d.geo, d.operator, NULL AS technology, NULL AS zone, d.source, d.simulated, q.score AS value,
       CASE WHEN 'off' IN (d.floor, u.floor, l.floor, p.floor) THEN 'off' ELSE 'met' END AS floor, 'failed: ' || q.failed AS note,
       least(d.as_of, u.as_of, l.as_of, p.as_of) AS as_of
FROM indicator_value d
JOIN indicator_value u ON (u.indicator, u.statistic) = ('PER6', 'p50') AND (u.period, u.country, u.source) = (d.period, d.country, d.source)
     AND (u.geo, u.operator) IS NOT DISTINCT FROM (d.geo, d.operator) AND num_nonnulls(u.technology, u.family, u.zone) = 0 AND u.computed
JOIN indicator_value l ON (l.indicator, l.statistic) = ('PER3', 'p50') AND (l.period, l.country, l.source) = (d.period, d.country, d.source)
     AND (l.geo, l.operator) IS NOT DISTINCT FROM (d.geo, d.operator) AND num_nonnulls(l.technology, l.family, l.zone) = 0 AND l.computed
JOIN indicator_value p ON (p.indicator, p.statistic) = ('PER8', 'mean') AND (p.period, p.country, p.source) = (d.period, d.country, d.source)
     AND (p.geo, p.operator) IS NOT DISTINCT FROM (d.geo, d.operator) AND num_nonnulls(p.technology, p.family, p.zone) = 0 AND p.computed
CROSS JOIN LATERAL iqb(d.value, u.value, l.value, p.value / 100, $1::int) q
WHERE (d.indicator, d.statistic, d.period) = ('PER5', 'p50', $1::int::text) AND d.computed AND num_nonnulls(d.technology, d.family, d.zone) = 0
