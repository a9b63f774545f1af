-- id: PER8
-- name.fr: Perte de paquets
-- name.en: Packet loss
-- unit: %
-- decimals: 2
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 2
-- dimensions: operator, department
-- aggregate: mean
-- headline.fr: {mean} % des paquets se perdent en route.
-- headline.en: {mean}% of packets are lost on the way.
-- definition.fr: Part des paquets « ping » restés sans réponse (RFC 6673), parmi tous les paquets envoyés. Une part par sonde et par jour, puis la moyenne de ces sondes-jours. Aucune sonde n’y pèse plus d’un cinquième, ni plus de cinq fois ce que font ensemble toutes les autres, la deuxième exceptée.
-- definition.en: Share of "ping" packets without an answer (RFC 6673), among all packets sent. One share a probe and day, then the mean over these probe-days. No probe weighs more than a fifth, nor more than five times what all others but the second come to.
SELECT day, probe_no, NULL AS family,
       100 * (1 - coalesce(sum(sum) FILTER (WHERE metric = 'rcvd'), 0) / sum(sum) FILTER (WHERE metric = 'sent')) AS value,
       sum(sum) FILTER (WHERE metric = 'sent') AS samples
FROM day_metric
WHERE check_name = 'ping' AND metric IN ('sent', 'rcvd') AND day >= $1 AND day < $2
GROUP BY day, probe_no
HAVING sum(sum) FILTER (WHERE metric = 'sent') > 0
