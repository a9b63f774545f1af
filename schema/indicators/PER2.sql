-- id: PER2
-- check: dns
-- name.fr: Échecs de résolution de noms
-- name.en: DNS failure rate
-- unit: %
-- decimals: 2
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 7
-- dimensions: operator, department, technology, zone
-- aggregate: mean
-- headline.fr: {mean} % des questions DNS restent sans réponse utile {where}.
-- headline.en: {mean}% of DNS questions get no useful answer {where}.
-- definition.fr: Part des questions posées au résolveur de la ligne, celui dont sa machine se sert, qui restent sans réponse utile, parmi toutes celles qui ont pu partir : tout ce qui n’est pas une réponse NOERROR ou NXDOMAIN (expiration, SERVFAIL, refus, réseau injoignable, coupure, erreur de TLS…). Ce que la sonde n’a pas pu ou pas voulu demander ne dit rien du réseau et n’y compte pas, ni ce qui est demandé à un serveur que la tâche nomme (résolveur public, serveur faisant autorité). Une part par sonde et par jour, la moyenne de ces jours pour chaque ligne, puis la moyenne des lignes. Une ligne y pèse autant de jours qu’on en attendait d’elle (de son premier jour de mesure à son départ, sinon au dernier jour de la période où une sonde a mesuré), un jour mesuré ne comptant pas pour plus de quatre ; aucune n’y pèse plus d’un cinquième, et les deux plus grandes n’y donnent chacune pas plus de cinq fois ce que font ensemble toutes les autres, ces deux-là exceptées : si elles sont seules à perdre, la moyenne est nulle ; celles dont une même personne ou équipe se porte garante, pas plus que toutes les autres ensemble. Ce que le boîtier mesure par une autre ligne que celle qui est déclarée (un téléphone à la place de la fibre) n’y compte pas ; un jour entier sans courant, ou passé sur une autre ligne, n’est pas attendu. Une sonde muette, qui n’a plus rien donné les quatorze derniers jours mesurés sans que personne l’ait retirée, y compte par ce qu’elle a donné avant ; leur nombre, par tranche, est publié à côté du chiffre d’ensemble (n_silent). Les boîtiers qui se sont remplacés dans un foyer sont une seule ligne.
-- definition.en: Share of questions to the line's resolver, the one that its machine uses, that get no useful answer, among all that could be sent: whatever is not an answer NOERROR or NXDOMAIN (timeout, SERVFAIL, refusal, unreachable network, reset, TLS error…). What the probe could not or would not ask says nothing of the network and does not count, nor does what is asked of a server that the task names (a public resolver, an authoritative server). One share a probe and day, of each line the mean of its days, then the mean of the lines. A line weighs as many days as were expected of it (from its first day of measurement to its departure, else to the last day of the period on which any probe measured), no day with a value counting for more than four; none weighs more than a fifth, and the two largest each give no more than five times what all others but these two come to: where they alone lose, the mean is zero; those that one person or team vouches for weigh no more than all others together. What the box measures over another line than the declared one (a phone in the place of fibre) does not count; a whole day without power, or on another line, is not expected. A silent probe, which gave nothing on the last fourteen days of measurement though nobody took it away, counts with what it gave before; how many there are is published, in steps, beside the overall figure (n_silent). Boxes that replaced one another in a household are one line.
SELECT day, probe_no, NULL AS family, percent_failed(sum(good), sum(tried)) AS value, sum(tried) AS samples, 0 AS failed
FROM day_question
WHERE target_no IS NULL AND day >= $1 AND day < $2
GROUP BY day, probe_no
