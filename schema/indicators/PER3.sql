-- id: PER3
-- check: ping
-- name.fr: Latence nationale
-- name.en: Domestic latency
-- unit: ms
-- decimals: 1
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 7
-- key: 2
-- targets: domestic
-- dimensions: operator, department, technology, zone, family
-- aggregate: p50
-- headline.fr: Un aller-retour sans quitter le pays prend typiquement {p50} ms {where}.
-- headline.en: A round trip inside the country typically takes {p50} ms {where}.
-- definition.fr: Temps d’aller-retour (RFC 2681) des mesures « ping » vers un ensemble fixe et versionné de cibles du pays de la sonde. Une cible qui se trouve dans le réseau de l’opérateur de la sonde n’y compte pas : elle est montrée à part (PER3_OWN). Un autre ensemble vaut pour des années entières, et c’est une autre méthode. Les mesures sans aucune réponse n’ont pas de temps : leur nombre, par tranche, est publié à côté du chiffre d’ensemble. Une médiane par sonde et par jour, la médiane de ces jours pour chaque ligne, puis le 50e centile des lignes. Une ligne y pèse autant de jours qu’on en attendait d’elle (de son premier jour de mesure à son départ, sinon au dernier jour de la période où une sonde a mesuré), un jour mesuré ne comptant pas pour plus de quatre ; aucune n’y pèse plus d’un cinquième ; celles dont une même personne ou équipe se porte garante, pas plus que toutes les autres ensemble. Ce que le boîtier mesure par une autre ligne que celle qui est déclarée (un téléphone à la place de la fibre) n’y compte pas ; un jour entier sans courant, ou passé sur une autre ligne, n’est pas attendu. Une sonde muette, qui n’a plus rien donné les quatorze derniers jours mesurés sans que personne l’ait retirée, y compte par ce qu’elle a donné avant ; leur nombre, par tranche, est publié de même (n_silent). Les boîtiers qui se sont remplacés dans un foyer sont une seule ligne.
-- definition.en: Round-trip time (RFC 2681) of "ping" measurements to a fixed, versioned set of targets in the probe's country. A target inside the network of the probe's own operator does not count: it is shown apart (PER3_OWN). Another set is for whole years, and is another method. Measurements without any answer have no time: how many there were is published, in steps, beside the overall figure. One median a probe and day, of each line the median of its days, then the 50th percentile of the lines. A line weighs as many days as were expected of it (from its first day of measurement to its departure, else to the last day of the period on which any probe measured), no day with a value counting for more than four; none weighs more than a fifth; those that one person or team vouches for weigh no more than all others together. What the box measures over another line than the declared one (a phone in the place of fibre) does not count; a whole day without power, or on another line, is not expected. A silent probe, which gave nothing on the last fourteen days of measurement though nobody took it away, counts with what it gave before; how many there are is published likewise (n_silent). Boxes that replaced one another in a household are one line.
SELECT day, probe_no, 'ipv' || af AS family, sketch_join(buckets) AS buckets, sketch_join(counts) AS counts, sum(failed) AS failed
FROM target_bucket($1, $2, 'domestic')
WHERE NOT own
GROUP BY GROUPING SETS ((day, probe_no), (day, probe_no, af))
HAVING grouping(af) = 1 OR af IS NOT NULL
