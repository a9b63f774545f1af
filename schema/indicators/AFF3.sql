-- id: AFF3
-- name.fr: Évolution des tarifs
-- name.en: Change of tariffs
-- unit: % year on year
-- unit.fr: % sur un an
-- decimals: 1
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: imported, declared
-- over: inputs
-- method: 2
-- key: 2
-- dimensions: operator
-- aggregate: value
-- headline.fr: Les tarifs ont varié de {value} % en un an.
-- headline.en: Tariffs changed by {value}% in a year.
-- definition.fr: Variation en un an de l’indice de Jevons des tarifs, c’est-à-dire de la moyenne géométrique des rapports de prix des forfaits en vente à la fin des deux années avec le même volume et la même validité, d’après une même source, hors promotion ; les forfaits nouveaux et disparus sont comptés à part, dans la note. Nominale : la variation corrigée des prix à la consommation est AFF3_REAL. Négative quand les prix baissent. Ne dit rien du niveau des prix (AFF1, AFF2). Chiffre publié par la source citée, ou calculé à partir des tarifs importés (source « calculated ») ; nos sondes ne le mesurent pas.
-- definition.en: Change over a year of the Jevons index of tariffs, the geometric mean of price relatives of the plans that are on sale at the end of both years with the same volume and validity, by one and the same source, promotions left out; plans that came and went are counted apart, in the note. Nominal: the change less consumer prices is AFF3_REAL. Negative where prices fall. It says nothing of how high prices are (AFF1, AFF2). As the named source publishes it, or calculated from imported tariffs (source "calculated"); our probes do not measure it.
SELECT c.iso AS country, NULL AS geo, t.operator, NULL AS technology, 100 * (t.index - 1) AS value, t.matched AS n_samples, t.retrieved,
       format('plans matched: %s, entered: %s, left: %s; sources: %s', t.matched, t.entered, t.gone, t.sources) AS note
FROM country c
CROSS JOIN LATERAL tariff_change(c.iso, $1::int) t
