-- id: AFF1
-- name.fr: Prix de 1 Go
-- name.en: Price of 1 GB
-- unit: % of GNI per capita
-- unit.fr: % du RNB par habitant
-- decimals: 2
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: imported, declared
-- over: inputs
-- method: 2
-- dimensions: operator
-- aggregate: value
-- headline.fr: 1 Go coûte {value} % du revenu mensuel moyen.
-- headline.en: 1 GB costs {value}% of the average monthly income.
-- definition.fr: Prix du forfait mobile le moins cher qui donne au moins 1 Go pendant un mois, hors promotion, divisé par le douzième du revenu national brut (RNB) par habitant de la même année. Un forfait valable 28 jours ou plus fait un mois ; un plus court est acheté autant de fois qu’il faut pour faire quatre semaines, s’il dure un nombre entier de semaines, sinon 30 jours ; un forfait prépayé dont le volume ne suffit pas l’est plusieurs fois. Les forfaits sont ceux en vente à la fin de l’année ; pour le pays, celui de l’opérateur le moins cher. L’objectif des Nations Unies est de 2 % au plus. Le RNB par habitant est une moyenne : pour qui gagne moins, l’effort est plus grand. Chiffre publié par la source citée, ou calculé à partir des tarifs et des revenus importés (source « calculated ») ; nos sondes ne le mesurent pas. Le prix en monnaie locale, les heures de salaire minimum et le forfait sont dans la note.
-- definition.en: Price of the cheapest mobile plan that gives at least 1 GB over a month, promotions left out, divided by a twelfth of gross national income (GNI) per capita of the same year. A plan valid 28 days or longer makes a month; a shorter one is bought as often as makes four weeks, where it lasts whole weeks, else 30 days; a prepaid one whose volume does not suffice is bought several times. Plans are those on sale at the end of the year; for the country, that of the cheapest operator. The United Nations' target is 2% at most. GNI per capita is a mean: for whoever earns less the effort is larger. As the named source publishes it, or calculated from imported tariffs and incomes (source "calculated"); our probes do not measure it. The price in local currency, the hours of minimum wage and the plan stand in the note.
SELECT a.country, NULL AS geo, a.operator, NULL AS technology, a.value, a.n_plans AS n_samples, a.retrieved, a.note
FROM affordability($1::int, 'mobile', 1, false) a
