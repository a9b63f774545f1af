-- id: PER4_OWN
-- check: ping
-- name.fr: Latence à l’étranger dans le réseau de son opérateur
-- name.en: Latency abroad within one’s operator’s network
-- unit: ms
-- decimals: 1
-- better: -
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 4
-- targets: abroad
-- dimensions: operator, technology, zone
-- aggregate: p50
-- headline.fr: Un aller-retour vers l’étranger, sans quitter le réseau de son opérateur, prend typiquement {p50} ms {where}.
-- headline.en: A round trip abroad within one’s operator’s own network typically takes {p50} ms {where}.
-- definition.fr: Comme PER4, vers les seuls lieux à l’étranger qui se trouvent dans le réseau de l’opérateur de la sonde, d’après les données du pays ou l’origine de l’adresse mesurée. Un opérateur dont le réseau va jusque-là n’est pas comparé à un autre : ce chiffre ne classe personne. Tout le reste y est comme dans PER4 : ce qui échoue, le poids des lignes, les sondes muettes (n_silent).
-- definition.en: As PER4, to those places abroad alone that stand in the network of the probe's own operator, as the country's pack or the origin of the measured address says. An operator whose network reaches a place is compared with no other: this figure ranks nobody. All else is as in PER4: what fails, the weight of lines, silent probes (n_silent).
SELECT day, probe_no, 'ipv' || af AS family, sketch_join(buckets) AS buckets, sketch_join(counts) AS counts, sum(failed) AS failed
FROM target_bucket($1, $2, 'abroad')
WHERE own
GROUP BY GROUPING SETS ((day, probe_no), (day, probe_no, af))
HAVING grouping(af) = 1 OR af IS NOT NULL
