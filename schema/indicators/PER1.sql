-- id: PER1
-- name.fr: Temps de résolution DNS
-- name.en: DNS resolution time
-- unit: ms
-- decimals: 1
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 1
-- dimensions: operator, department
-- aggregate: p50, p95
-- headline.fr: Sur une ligne type, une résolution DNS prend {p50} ms.
-- headline.en: On a typical line, a DNS lookup takes {p50} ms.
-- definition.fr: Temps entre la question posée au résolveur et sa réponse, pour les mesures « dns » réussies. Une médiane par sonde et par jour, puis le 50e et le 95e centile de ces sondes-jours.
-- definition.en: Time between a question to the resolver and its answer, over "dns" measurements that succeeded. One median a probe and day, then the 50th and 95th percentile over these probe-days.
SELECT day, probe_no, NULL AS family, sketch_quantile(array_agg(bucket), array_agg(n), 0.5) AS value, sum(n) AS samples
FROM day_bucket
WHERE check_name = 'dns' AND metric = 'rt_ms' AND ok AND day >= $1 AND day < $2
GROUP BY day, probe_no
