-- id: EQU2
-- name.fr: Prix d’un smartphone d’entrée de gamme
-- name.en: Price of an entry-level smartphone
-- unit: % of monthly income
-- unit.fr: % du revenu mensuel
-- decimals: 1
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: imported
-- over: inputs
-- method: 1
-- aggregate: value
-- headline.fr: Le smartphone le moins cher coûte {value} % d’un revenu mensuel moyen.
-- headline.en: The cheapest smartphone costs {value}% of an average monthly income.
-- definition.fr: Prix du smartphone neuf le moins cher vendu dans le pays, hors promotion, divisé par le douzième du revenu national brut (RNB) par habitant. Peut dépasser 100. Le RNB par habitant est une moyenne : pour qui gagne moins, l’effort est plus grand. Chiffre publié par la source citée, ou calculé à partir du prix et du revenu importés de la même année (source « calculated ») ; nos sondes ne le mesurent pas.
-- definition.en: Price of the cheapest new smartphone sold in the country, promotions left out, divided by a twelfth of gross national income (GNI) per capita. It may pass 100. GNI per capita is a mean: for whoever earns less the effort is larger. As the named source publishes it, or calculated from the imported price and income of the same year (source "calculated"); our probes do not measure it.
SELECT p.country, NULL AS geo, NULL AS operator, NULL AS technology, 1200 * p.value / g.value AS value, 1 AS n_samples,
       greatest(p.retrieved, g.retrieved) AS retrieved,
       format('price: %s %s; sources: %s', p.value, p.currency,
              sources_told(ARRAY[p.source, g.source], ARRAY[p.retrieved, g.retrieved])) AS note
FROM country c
CROSS JOIN LATERAL economy_in(c.iso, 'smartphone_price', $1::int) p
JOIN LATERAL economy_in(c.iso, 'gni_per_capita', $1::int) g ON g.currency = p.currency
