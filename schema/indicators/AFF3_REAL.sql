-- id: AFF3_REAL
-- name.fr: Évolution des tarifs, hors inflation
-- name.en: Change of tariffs less inflation
-- unit: % year on year
-- unit.fr: % sur un an
-- decimals: 1
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: imported, declared
-- over: inputs
-- method: 2
-- dimensions: operator
-- aggregate: value
-- headline.fr: Hors inflation, les tarifs ont varié de {value} % en un an.
-- headline.en: Less inflation, tariffs changed by {value}% in a year.
-- definition.fr: Comme AFF3, l’indice de Jevons des tarifs étant divisé par la hausse des prix à la consommation de la même année, d’après un seul et même indice : celui de décembre, comme les tarifs, sinon du dernier trimestre, sinon la moyenne de l’année ; la note dit lequel. Négative quand les tarifs baissent, ou montent moins que les autres prix. Chiffre publié par la source citée, ou calculé à partir des tarifs importés (source « calculated ») ; nos sondes ne le mesurent pas.
-- definition.en: As AFF3, with the Jevons index of tariffs divided by the rise of consumer prices in the same year, by one and the same index: of December, as tariffs are, else of the last quarter, else the mean of the year; the note says which. Negative where tariffs fall, or rise less than other prices. As the named source publishes it, or calculated from imported tariffs (source "calculated"); our probes do not measure it.
SELECT c.iso AS country, NULL AS geo, t.operator, NULL AS technology, 100 * (real_index(t.index, p.ratio) - 1) AS value, t.matched AS n_samples, greatest(t.retrieved, p.retrieved) AS retrieved,
       format('plans matched: %s, entered: %s, left: %s; consumer prices: %s times (%s); sources: %s, %s', t.matched, t.entered, t.gone,
              round(p.ratio::numeric, 4), CASE length(p.period) WHEN 4 THEN 'mean of ' ELSE '' END || p.period || ' over a year before', t.sources, sources_told(ARRAY[p.source], ARRAY[p.retrieved])) AS note
FROM country c
CROSS JOIN LATERAL tariff_change(c.iso, $1::int) t
JOIN LATERAL cpi_change(c.iso, $1::int) p ON p.ratio > 0
