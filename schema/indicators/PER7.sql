-- id: PER7
-- check: ping
-- name.fr: Gigue
-- name.en: Jitter
-- unit: ms
-- decimals: 1
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 1
-- targets: domestic
-- dimensions: operator, department, technology, zone
-- aggregate: p50
-- headline.fr: D’un aller-retour à l’autre, le temps varie typiquement de {p50} ms {where}.
-- headline.en: From one round trip to the next the time typically varies by {p50} ms {where}.
-- definition.fr: Moyenne des écarts absolus entre les temps d’aller-retour de deux paquets qui se suivent et qui ont tous deux reçu une réponse (d’après la RFC 3393, appliquée à l’aller-retour), dans les mesures « ping » vers l’ensemble fixe et versionné de cibles du pays de la sonde (celui de PER3). Une cible qui se trouve dans le réseau de l’opérateur de la sonde n’y compte pas. Un autre ensemble vaut pour des années entières, et c’est une autre méthode. Les mesures qui échouent sans deux réponses de suite n’ont pas de gigue : leur nombre, par tranche, est publié à côté du chiffre d’ensemble. Ce n’est pas un temps d’aller-retour (PER3), ni l’écart entre les jours ou entre les lignes. Une médiane par sonde et par jour, la médiane de ces jours pour chaque ligne, puis le 50e centile des lignes. Une ligne y pèse autant de jours qu’on en attendait d’elle (de son premier jour de mesure à son départ, sinon au dernier jour de la période où une sonde a mesuré), un jour mesuré ne comptant pas pour plus de quatre ; aucune n’y pèse plus d’un cinquième ; celles dont une même personne ou équipe se porte garante, pas plus que toutes les autres ensemble. Ce que le boîtier mesure par une autre ligne que celle qui est déclarée (un téléphone à la place de la fibre) n’y compte pas ; un jour entier sans courant, ou passé sur une autre ligne, n’est pas attendu. Une sonde muette, qui n’a plus rien donné les quatorze derniers jours mesurés sans que personne l’ait retirée, y compte par ce qu’elle a donné avant ; leur nombre, par tranche, est publié de même (n_silent). Les boîtiers qui se sont remplacés dans un foyer sont une seule ligne.
-- definition.en: Mean absolute difference between the round-trip times of two packets that follow one another and were both answered (after RFC 3393, applied to round trips), in "ping" measurements to the fixed, versioned set of targets in the probe's country (that of PER3). A target inside the network of the probe's own operator does not count. Another set is for whole years, and is another method. Measurements that fail without two answers in a row have no jitter: how many there were is published, in steps, beside the overall figure. It is no round-trip time (PER3), nor how days or lines differ. One median a probe and day, of each line the median of its days, then the 50th percentile of the lines. A line weighs as many days as were expected of it (from its first day of measurement to its departure, else to the last day of the period on which any probe measured), no day with a value counting for more than four; none weighs more than a fifth; those that one person or team vouches for weigh no more than all others together. What the box measures over another line than the declared one (a phone in the place of fibre) does not count; a whole day without power, or on another line, is not expected. A silent probe, which gave nothing on the last fourteen days of measurement though nobody took it away, counts with what it gave before; how many there are is published likewise (n_silent). Boxes that replaced one another in a household are one line.
SELECT day, probe_no, NULL AS family, sketch_join(buckets) AS buckets, sketch_join(counts) AS counts, sum(failed) AS failed
FROM target_bucket($1, $2, 'domestic', 'jitter_ms')
WHERE NOT own
GROUP BY day, probe_no
