-- id: PER1
-- check: dns
-- name.fr: Temps de résolution de noms
-- name.en: DNS resolution time
-- unit: ms
-- decimals: 1
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 7
-- dimensions: operator, department, technology, zone
-- aggregate: p50, p95
-- headline.fr: Une résolution DNS prend typiquement {p50} ms {where}.
-- headline.en: A DNS lookup typically takes {p50} ms {where}.
-- definition.fr: Temps entre la question posée au résolveur de la ligne, celui dont sa machine se sert, et sa réponse, pour les mesures « dns » réussies ; un serveur que la tâche nomme (résolveur public, serveur faisant autorité) n’est pas celui de la ligne et n’y compte pas. Les questions sans réponse utile n’ont pas de temps : leur nombre, par tranche, est publié à côté du chiffre d’ensemble. Une médiane par sonde et par jour, la médiane de ces jours pour chaque ligne, puis les 50e et 95e centiles des lignes. Une ligne y pèse autant de jours qu’on en attendait d’elle (de son premier jour de mesure à son départ, sinon au dernier jour de la période où une sonde a mesuré), un jour mesuré ne comptant pas pour plus de quatre ; aucune n’y pèse plus d’un cinquième ; celles dont une même personne ou équipe se porte garante, pas plus que toutes les autres ensemble. Ce que le boîtier mesure par une autre ligne que celle qui est déclarée (un téléphone à la place de la fibre) n’y compte pas ; un jour entier sans courant, ou passé sur une autre ligne, n’est pas attendu. Une sonde muette, qui n’a plus rien donné les quatorze derniers jours mesurés sans que personne l’ait retirée, y compte par ce qu’elle a donné avant ; leur nombre, par tranche, est publié de même (n_silent). Les boîtiers qui se sont remplacés dans un foyer sont une seule ligne.
-- definition.en: Time between a question to the line's resolver, the one that its machine uses, and its answer, over "dns" measurements that succeeded; a server that the task names (a public resolver, an authoritative server) is not the line's and does not count. Questions without a useful answer have no time: how many there were is published, in steps, beside the overall figure. One median a probe and day, of each line the median of its days, then the 50th and 95th percentile of the lines. A line weighs as many days as were expected of it (from its first day of measurement to its departure, else to the last day of the period on which any probe measured), no day with a value counting for more than four; none weighs more than a fifth; those that one person or team vouches for weigh no more than all others together. What the box measures over another line than the declared one (a phone in the place of fibre) does not count; a whole day without power, or on another line, is not expected. A silent probe, which gave nothing on the last fourteen days of measurement though nobody took it away, counts with what it gave before; how many there are is published likewise (n_silent). Boxes that replaced one another in a household are one line.
SELECT day, probe_no, NULL AS family, sketch_join(buckets) FILTER (WHERE ok) AS buckets,
       sketch_join(counts) FILTER (WHERE ok) AS counts, sum(failed) FILTER (WHERE ok IS NULL) AS failed
FROM day_number
WHERE check_name = 'dns' AND metric = 'rt_ms' AND target_no IS NULL AND day >= $1 AND day < $2
GROUP BY day, probe_no
