-- id: REL2
-- name.fr: Pannes et coupures
-- name.en: Outages
-- unit: hours a line and year
-- unit.fr: heures par ligne et par an
-- decimals: 1
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured, imported
-- method: 2
-- key: 2
-- dimensions: operator, department, technology, zone
-- aggregate: mean
-- headline.fr: Une ligne est coupée {mean} heures par an {where}.
-- headline.en: A line is down {mean} hours a year {where}.
-- definition.fr: Heures de coupure par ligne et par an, comme le SAIDI de l’électricité (IEEE 1366) : le temps de coupure divisé par le temps observé, rapporté à une année de 8 760 heures ; leur nombre est REL2_CUTS. On n’observe la ligne qu’entre deux essais espacés d’une heure au plus, tant que le boîtier est sous tension et relié à la ligne déclarée : ni le temps sans courant (EQU3) ni celui passé sur un téléphone de secours ne comptent. Une coupure est une suite d’essais restés sans réponse d’Internet (au moins trois, vers au moins deux cibles) qui dure plus de cinq minutes, jusqu’à la réponse suivante ; les plus courtes, que la norme IEEE 1366 dit momentanées, ne comptent pas. Les jours d’une ligne s’additionnent jusqu’à ce qu’elle ait été observée douze heures, et font alors une valeur, au dernier de ces jours ; de chaque ligne la moyenne de ces valeurs, puis la moyenne des lignes. Le nombre de sondes muettes, par tranche, est publié à côté (n_silent) ; pour le reste (poids des lignes, jours attendus), comme PER8. Ce que publie une source importée suit sa propre définition.
-- definition.en: Hours of outage a line and year, as SAIDI of electricity (IEEE 1366): the time cut over the time watched, for a year of 8,760 hours; how many cuts there are is REL2_CUTS. The line is watched only between two tests that are an hour apart at most, while the box has power and hangs on the declared line: neither time without power (EQU3) nor time on a phone in its place counts. A cut is a run of tests without an answer from the Internet (three at least, to two targets at least) that lasts more than five minutes, to the next answer; shorter ones, which IEEE 1366 calls momentary, do not count. Days of a line are added up until it was watched for twelve hours, and then make one value, on the last of these days; of each line the mean of these values, then the mean of the lines. How many probes are silent is published beside, in steps (n_silent); all else (weights of lines, days that are expected) is as in PER8. What an imported source publishes follows its own definition.
SELECT day, probe_no, NULL AS family, down_hours AS value, tests AS samples, 0 AS failed
FROM watch_year($1, $2)
