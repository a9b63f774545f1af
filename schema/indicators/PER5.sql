-- id: PER5
-- check: throughput
-- name.fr: Débit descendant
-- name.en: Download throughput
-- unit: Mbit/s
-- decimals: 1
-- better: high
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 6
-- key: 1
-- dimensions: operator, department, technology, zone
-- aggregate: p10, p50, p90
-- headline.fr: Le débit descendant médian est de {p50} Mbit/s {where} ; sur une ligne sur dix, il est inférieur à {p10} Mbit/s.
-- headline.en: The median download runs at {p50} Mbit/s {where}; on one line in ten it is below {p10} Mbit/s.
-- definition.fr: Débit utile de téléchargement des mesures « throughput ». Les essais qui échouent n’ont pas de débit : leur nombre, par tranche, est publié à côté du chiffre d’ensemble. Seules comptent les cibles connues de tous, celles des données du pays et des tâches que le collecteur donne à toutes les sondes, non celles qu’un membre ajoute aux siennes. Une médiane par sonde et par jour, la médiane de ces jours pour chaque ligne, puis les 10e, 50e et 90e centiles des lignes. Une ligne y pèse autant de jours qu’on en attendait d’elle (de son premier jour de mesure à son départ, sinon au dernier jour de la période où une sonde a mesuré), un jour mesuré ne comptant pas pour plus de quatre ; aucune n’y pèse plus d’un cinquième ; celles dont une même personne ou équipe se porte garante, pas plus que toutes les autres ensemble. Ce que le boîtier mesure par une autre ligne que celle qui est déclarée (un téléphone à la place de la fibre) n’y compte pas ; un jour entier sans courant, ou passé sur une autre ligne, n’est pas attendu. Une sonde muette, qui n’a plus rien donné les quatorze derniers jours mesurés sans que personne l’ait retirée, y compte par ce qu’elle a donné avant ; leur nombre, par tranche, est publié de même (n_silent). Les boîtiers qui se sont remplacés dans un foyer sont une seule ligne.
-- definition.en: Download goodput of "throughput" measurements. Tests that fail have no throughput: how many there were is published, in steps, beside the overall figure. Only targets that are everybody's count, those of the country's data and of the tasks that the collector gives to all probes, not those that a member adds to their own. One median a probe and day, of each line the median of its days, then the 10th, 50th and 90th percentile of the lines. A line weighs as many days as were expected of it (from its first day of measurement to its departure, else to the last day of the period on which any probe measured), no day with a value counting for more than four; none weighs more than a fifth; those that one person or team vouches for weigh no more than all others together. What the box measures over another line than the declared one (a phone in the place of fibre) does not count; a whole day without power, or on another line, is not expected. A silent probe, which gave nothing on the last fourteen days of measurement though nobody took it away, counts with what it gave before; how many there are is published likewise (n_silent). Boxes that replaced one another in a household are one line.
SELECT day, probe_no, NULL AS family, sketch_join(buckets) AS buckets, sketch_join(counts) AS counts, sum(failed) AS failed
FROM day_number
LEFT JOIN target t USING (target_no)
WHERE check_name = 'throughput' AND metric = 'down_mbps' AND coalesce(t.ours, true) AND day >= $1 AND day < $2
GROUP BY day, probe_no
