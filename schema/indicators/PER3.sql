-- id: PER3
-- name.fr: Latence nationale
-- name.en: Domestic latency
-- unit: ms
-- decimals: 1
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 3
-- dimensions: operator, department, technology, family
-- aggregate: p50
-- headline.fr: Un aller-retour sans quitter le pays prend typiquement {p50} ms {where}.
-- headline.en: A round trip inside the country typically takes {p50} ms {where}.
-- definition.fr: Temps d'aller-retour (RFC 2681) des mesures « ping » vers les cibles situées dans le pays de la sonde : cibles nationales, domaine national, point d'échange, opérateurs. Les mesures sans aucune réponse n’ont pas de temps : leur nombre est publié à côté. Une médiane par sonde et par jour, puis le 50e centile de ces sondes-jours. Une sonde y pèse autant de jours qu’on en attendait d’elle (de son premier jour de mesure à son départ, sinon au dernier jour de la période où une sonde a mesuré), un jour mesuré ne comptant pas pour plus de quatre ; aucune n’y pèse plus d’un cinquième ; celles dont une même personne ou équipe se porte garante, pas plus que toutes les autres ensemble.
-- definition.en: Round-trip time (RFC 2681) of "ping" measurements to targets in the probe's own country: domestic targets, country-code domain, exchange point, operators. Measurements without any answer have no time: how many there were is published beside. One median a probe and day, then the 50th percentile over these probe-days. A probe weighs as many days as were expected of it (from its first day of measurement to its departure, else to the last day of the period on which any probe measured), no day with a value counting for more than four; none weighs more than a fifth; those that one person or team vouches for weigh no more than all others together.
SELECT b.day, b.probe_no, 'ipv' || b.af AS family,
       sketch_quantile(array_agg(b.bucket), array_agg(b.n), 0.5) AS value, sum(b.n) AS samples, sum(b.failed) AS failed
FROM day_number b
JOIN target t USING (target_no)
WHERE b.check_name = 'ping' AND b.metric = 'rtt_p50_ms' AND b.day >= $1 AND b.day < $2
  AND t.kind IN ('domestic', 'cctld', 'ixp', 'operator')
  AND EXISTS (SELECT FROM probe_context c
              WHERE c.probe_no = b.probe_no AND c.country = t.country AND valid_on(c.valid_from, c.valid_to, b.day))
GROUP BY GROUPING SETS ((b.day, b.probe_no), (b.day, b.probe_no, b.af))
HAVING grouping(b.af) = 1 OR b.af IS NOT NULL
