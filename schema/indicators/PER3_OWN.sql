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
-- method: 4
-- targets: domestic
-- dimensions: operator
-- aggregate: p50
-- headline.fr: Sans quitter le réseau de son opérateur, un aller-retour prend typiquement {p50} ms {where}.
-- headline.en: Within one’s operator’s own network, a round trip typically takes {p50} ms {where}.
-- definition.fr: Comme PER3, vers les seules cibles qui se trouvent dans le réseau de l’opérateur de la sonde, d’après les données du pays ou l’origine de l’adresse mesurée. Un opérateur qui héberge une cible n’est pas comparé à un autre : ce chiffre ne classe personne. Les mesures sans aucune réponse n’ont pas de temps : leur nombre, par tranche, est publié à côté du chiffre d’ensemble. Une médiane par sonde et par jour, la médiane de ces jours pour chaque ligne, puis le 50e centile des lignes. Une ligne y pèse autant de jours qu’on en attendait d’elle (de son premier jour de mesure à son départ, sinon au dernier jour de la période où une sonde a mesuré), un jour mesuré ne comptant pas pour plus de quatre ; aucune n’y pèse plus d’un cinquième ; celles dont une même personne ou équipe se porte garante, pas plus que toutes les autres ensemble. Ce que le boîtier mesure par une autre ligne que celle qui est déclarée (un téléphone à la place de la fibre) n’y compte pas ; un jour entier sans courant, ou passé sur une autre ligne, n’est pas attendu. Une sonde muette, qui n’a plus rien donné les quatorze derniers jours mesurés sans que personne l’ait retirée, y compte par ce qu’elle a donné avant ; leur nombre, par tranche, est publié de même (n_silent). Les boîtiers qui se sont remplacés dans un foyer sont une seule ligne.
-- definition.en: As PER3, to those targets alone that stand in the network of the probe's own operator, as the country's pack or the origin of the measured address says. An operator that hosts a target is compared with no other: this figure ranks nobody. Measurements without any answer have no time: how many there were is published, in steps, beside the overall figure. One median a probe and day, of each line the median of its days, then the 50th percentile of the lines. A line weighs as many days as were expected of it (from its first day of measurement to its departure, else to the last day of the period on which any probe measured), no day with a value counting for more than four; none weighs more than a fifth; those that one person or team vouches for weigh no more than all others together. What the box measures over another line than the declared one (a phone in the place of fibre) does not count; a whole day without power, or on another line, is not expected. A silent probe, which gave nothing on the last fourteen days of measurement though nobody took it away, counts with what it gave before; how many there are is published likewise (n_silent). Boxes that replaced one another in a household are one line.
SELECT day, probe_no, 'ipv' || af AS family, sketch_join(buckets) AS buckets, sketch_join(counts) AS counts, sum(failed) AS failed
FROM target_bucket($1, $2, 'domestic')
WHERE own
GROUP BY GROUPING SETS ((day, probe_no), (day, probe_no, af))
HAVING grouping(af) = 1 OR af IS NOT NULL
