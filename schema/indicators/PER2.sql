-- id: PER2
-- name.fr: Échecs DNS
-- name.en: DNS failure rate
-- unit: %
-- decimals: 2
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 1
-- dimensions: operator, department
-- aggregate: mean
-- headline.fr: {mean} % des questions DNS restent sans réponse utile.
-- headline.en: {mean}% of DNS questions get no useful answer.
-- definition.fr: Part des questions DNS qui expirent ou reçoivent SERVFAIL, parmi toutes les questions posées. Une part par sonde et par jour, puis la moyenne de ces sondes-jours.
-- definition.en: Share of DNS questions that time out or get SERVFAIL, among all questions asked. One share a probe and day, then the mean over these probe-days.
WITH asked AS (
    SELECT d.day, d.probe_no, sum(d.measured) AS queries, sum(d.timeout) AS timeouts
    FROM rollup_day d
    JOIN check_kind c USING (check_no)
    WHERE c.name = 'dns' AND d.day >= $1 AND d.day < $2
    GROUP BY d.day, d.probe_no
), failed AS (
    SELECT day, probe_no, sum(n) AS servfails
    FROM day_bucket
    WHERE check_name = 'dns' AND metric = 'rcode' AND bucket = 2 AND day >= $1 AND day < $2
    GROUP BY day, probe_no
)
SELECT day, probe_no, NULL AS family, 100.0 * (timeouts + coalesce(servfails, 0)) / queries AS value,
       queries AS samples
FROM asked
LEFT JOIN failed USING (day, probe_no)
WHERE queries > 0
