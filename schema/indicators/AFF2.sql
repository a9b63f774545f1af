-- id: AFF2
-- name.fr: Prix des paniers de l’UIT
-- name.en: Price of the ITU baskets
-- unit: % of GNI per capita
-- unit.fr: % du RNB par habitant
-- decimals: 2
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: imported, declared
-- over: inputs
-- method: 2
-- dimensions: operator, technology
-- aggregate: value
-- headline.fr: Le panier de l’UIT coûte {value} % du revenu mensuel moyen.
-- headline.en: The ITU basket costs {value}% of the average monthly income.
-- definition.fr: Prix des paniers de l’UIT, divisés par le douzième du revenu national brut (RNB) par habitant de la même année : données mobiles seules de 2 Go par mois, et Internet fixe de 5 Go par mois ; l’offre la moins chère de l’opérateur qui suffit, promotions exclues, achetée autant de fois que le mois ou le volume le demande (comme pour AFF1). Pour le pays, l’opérateur est celui qui a le plus d’abonnés de cette technologie : sans parts de marché de l’année, il n’y a pas de chiffre du pays. La technologie dit de quel panier il s’agit. L’objectif des Nations Unies est de 2 % au plus. Chiffre publié par la source citée, ou calculé à partir des tarifs et des revenus importés (source « calculated ») ; nos sondes ne le mesurent pas.
-- definition.en: Price of the ITU's baskets over a twelfth of gross national income (GNI) per capita of the same year: data-only mobile with 2 GB a month, and fixed broadband with 5 GB a month; the operator's cheapest offer that suffices, promotions left out, bought as often as the month or the volume asks for (as for AFF1). For the country, the operator is the one with the most subscriptions of that technology: without market shares of the year there is no figure of the country. The technology says which basket it is. The United Nations' target is 2% at most. As the named source publishes it, or calculated from imported tariffs and incomes (source "calculated"); our probes do not measure it.
SELECT a.country, NULL AS geo, a.operator, b.market AS technology, a.value, a.n_plans AS n_samples, a.retrieved, a.note
FROM (VALUES ('mobile', 2), ('fixed', 5)) AS b (market, gb)
CROSS JOIN LATERAL affordability($1::int, b.market, b.gb, true) a
