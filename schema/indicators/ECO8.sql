-- id: ECO8
-- name.fr: Concentration du marché (HHI)
-- name.en: Market concentration (HHI)
-- unit: 0-10000
-- decimals: 0
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: imported
-- over: inputs
-- method: 1
-- dimensions: technology
-- aggregate: value
-- headline.fr: La concentration du marché est de {value} sur 10 000.
-- headline.en: Market concentration is {value} out of 10,000.
-- definition.fr: Indice de Herfindahl-Hirschman (HHI) : somme des carrés des parts de marché, en pour cent, des opérateurs d’une technologie. Sous 1 500 le marché est dit peu concentré, au-dessus de 2 500 très concentré, d’après les lignes directrices des États-Unis sur les fusions du 19 août 2010 (celles du 18 décembre 2023 disent très concentré au-dessus de 1 800) ; il ne peut descendre sous 10 000 divisé par le nombre d’opérateurs : avec trois, il vaut au moins 3 333. Chiffre publié par la source citée, ou calculé à partir des parts de marché importées, les plus récentes de l’année (source « calculated ») ; nos sondes ne le mesurent pas.
-- definition.en: Herfindahl-Hirschman index (HHI): sum of the squared market shares, in percent, of the operators of a technology. Below 1,500 a market is called unconcentrated, above 2,500 highly concentrated, after the Horizontal Merger Guidelines of the United States of 19 August 2010 (those of 18 December 2023 call it highly concentrated above 1,800); it cannot go below 10,000 over the number of operators: with three it is at least 3,333. As the named source publishes it, or calculated from imported market shares, the latest of the year (source "calculated"); our probes do not measure it.
SELECT c.iso AS country, NULL AS geo, NULL AS operator, m.technology, hhi(array_agg(m.part)) AS value, count(*) AS n_samples,
       max(m.retrieved) AS retrieved,
       format('operators: %s, so %s at least; shares of %s; sources: %s', count(*), ceil(10000.0 / count(*)), max(m.period),
              sources_told(array_agg(m.source), array_agg(m.retrieved))) AS note
FROM country c
CROSS JOIN LATERAL market(c.iso, $1::int) m
GROUP BY c.iso, m.technology
