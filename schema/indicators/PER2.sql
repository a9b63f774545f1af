-- id: PER2
-- name.fr: Échecs DNS
-- name.en: DNS failure rate
-- unit: %
-- decimals: 2
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 2
-- dimensions: operator, department
-- aggregate: mean
-- headline.fr: {mean} % des questions DNS restent sans réponse utile.
-- headline.en: {mean}% of DNS questions get no useful answer.
-- definition.fr: Part des questions posées au résolveur qui expirent ou reçoivent SERVFAIL, parmi toutes celles qui ont pu partir. Une part par sonde et par jour, puis la moyenne de ces sondes-jours. Aucune sonde n’y pèse plus d’un cinquième, ni plus de cinq fois ce que font ensemble toutes les autres, la deuxième exceptée.
-- definition.en: Share of questions to the resolver that time out or get SERVFAIL, among all that could be sent. One share a probe and day, then the mean over these probe-days. No probe weighs more than a fifth, nor more than five times what all others but the second come to.
WITH asked AS (
    SELECT d.day, d.probe_no, sum(d.measured) AS queries, sum(d.timeout) AS timeouts
    FROM rollup_day d
    JOIN check_kind c USING (check_no)
    LEFT JOIN target t USING (target_no)
    WHERE c.name = 'dns' AND coalesce(t.kind, 'resolver') = 'resolver' AND d.day >= $1 AND d.day < $2
    GROUP BY d.day, d.probe_no
), failed AS (
    SELECT b.day, b.probe_no, sum(b.n) AS servfails
    FROM day_bucket b
    LEFT JOIN target t USING (target_no)
    WHERE b.check_name = 'dns' AND b.metric = 'rcode' AND b.bucket = 2 AND coalesce(t.kind, 'resolver') = 'resolver'
      AND b.day >= $1 AND b.day < $2
    GROUP BY b.day, b.probe_no
)
SELECT day, probe_no, NULL AS family, 100.0 * (timeouts + coalesce(servfails, 0)) / queries AS value,
       queries AS samples
FROM asked
LEFT JOIN failed USING (day, probe_no)
WHERE queries > 0
