-- id: SEC3
-- check: resolver
-- name.fr: Résolveurs qui valident DNSSEC
-- name.en: DNSSEC-validating resolvers
-- unit: % of lines
-- unit.fr: % des lignes
-- decimals: 1
-- better: high
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 2
-- dimensions: operator
-- aggregate: share
-- headline.fr: {share} % des lignes ont un résolveur qui valide DNSSEC {where}.
-- headline.en: {share}% of lines have a resolver that validates DNSSEC {where}.
-- definition.fr: Part des lignes dont le résolveur met le drapeau AD à la réponse d’un nom bien signé et refuse par SERVFAIL un nom mal signé, parmi celles dont le résolveur a pu être examiné (mesures « resolver » des résolveurs que la machine de la sonde utilise ; non ceux que la tâche nomme). Une ligne qui en a plusieurs n’est protégée que si tous valident : refusée par l’un, la question va à l’autre. Dit si la ligne est protégée contre de fausses réponses, non si des domaines sont signés (SEC4). Un jour, une ligne valide ou non, selon tous les examens du jour ; dans la période, selon la moitié de ses jours au moins. Une ligne y pèse autant de jours qu’on en attendait d’elle (de son premier jour de mesure à son départ, sinon au dernier jour de la période où une sonde a mesuré), un jour mesuré ne comptant pas pour plus de quatre ; aucune n’y pèse plus d’un cinquième ; celles dont une même personne ou équipe se porte garante, pas plus que toutes les autres ensemble. Ce que le boîtier mesure par une autre ligne que celle qui est déclarée (un téléphone à la place de la fibre) n’y compte pas ; un jour entier sans courant, ou passé sur une autre ligne, n’est pas attendu. Une sonde muette, qui n’a plus rien donné les quatorze derniers jours mesurés sans que personne l’ait retirée, y compte par ce qu’elle a donné avant ; leur nombre, par tranche, est publié à côté du chiffre d’ensemble (n_silent). Les boîtiers qui se sont remplacés dans un foyer sont une seule ligne.
-- definition.en: Share of lines whose resolver sets the AD flag in the answer for a well-signed name and refuses a badly signed one with SERVFAIL, among those whose resolver could be examined ("resolver" measurements of the resolvers that the probe's machine uses; not of those that a task names). A line that has several is protected only where all validate: what one refuses is asked of the other. It says whether the line is protected against forged answers, not whether domains are signed (SEC4). On a day a line validates or does not, by all of the day's examinations; in the period, by half of its days at least. A line weighs as many days as were expected of it (from its first day of measurement to its departure, else to the last day of the period on which any probe measured), no day with a value counting for more than four; none weighs more than a fifth; those that one person or team vouches for weigh no more than all others together. What the box measures over another line than the declared one (a phone in the place of fibre) does not count; a whole day without power, or on another line, is not expected. A silent probe, which gave nothing on the last fourteen days of measurement though nobody took it away, counts with what it gave before; how many there are is published, in steps, beside the overall figure (n_silent). Boxes that replaced one another in a household are one line.
SELECT day, probe_no, NULL AS family, (sum(n) = coalesce(sum(n) FILTER (WHERE bucket = 1), 0))::int::double precision AS value, sum(n) AS samples,
       0 AS failed
FROM day_bucket
WHERE check_name = 'resolver' AND metric = 'dnssec' AND target_no IS NULL AND day >= $1 AND day < $2
GROUP BY day, probe_no
