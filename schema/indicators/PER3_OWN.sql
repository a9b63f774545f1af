-- id: PER3_OWN
-- check: ping
-- name.fr: Latence dans le réseau de son opérateur
-- name.en: Latency within one’s operator’s network
-- unit: ms
-- decimals: 1
-- better: -
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 5
-- targets: domestic
-- dimensions: operator, technology, zone
-- aggregate: p50
-- headline.fr: Sans quitter le réseau de son opérateur, un aller-retour prend typiquement {p50} ms {where}.
-- headline.en: Within one’s operator’s own network, a round trip typically takes {p50} ms {where}.
-- definition.fr: Comme PER3, vers les seules cibles qui se trouvent dans le réseau de l’opérateur de la sonde, d’après les données du pays ou l’origine de l’adresse mesurée. Un opérateur qui héberge une cible n’est pas comparé à un autre : ce chiffre ne classe personne. Tout le reste y est comme dans PER3 : ce qui échoue, le poids des lignes, les sondes muettes (n_silent).
-- definition.en: As PER3, to those targets alone that stand in the network of the probe's own operator, as the country's pack or the origin of the measured address says. An operator that hosts a target is compared with no other: this figure ranks nobody. All else is as in PER3: what fails, the weight of lines, silent probes (n_silent).
SELECT day, probe_no, 'ipv' || af AS family, sketch_join(buckets) AS buckets, sketch_join(counts) AS counts, sum(failed) AS failed
FROM target_bucket($1, $2, 'domestic')
WHERE own
GROUP BY GROUPING SETS ((day, probe_no), (day, probe_no, af))
HAVING grouping(af) = 1 OR af IS NOT NULL
