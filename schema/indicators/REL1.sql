-- id: REL1
-- name.fr: Disponibilité
-- name.en: Availability
-- unit: %
-- decimals: 2
-- better: high
-- status: proposed
-- nature: quantitative
-- kind: measured
-- over: figures
-- method: 2
-- key: 1
-- dimensions: operator, department, technology, zone
-- aggregate: value
-- definition.fr: Part du temps observé pendant laquelle une ligne joint Internet : ce que laissent d’une année de 8 760 heures les heures de coupure de REL2, dont il a les lignes et les règles. Ni le temps sans courant (EQU3) ni celui passé sur un téléphone de secours ne sont observés. Il est fait du chiffre publié et non des lignes : d’une ligne qui serait presque seule à être coupée, la disponibilité de toutes dirait sinon ce que REL2 n’en dit pas.
-- definition.en: Share of the time watched in which a line reaches the Internet: what the hours of outage of REL2 leave of a year of 8,760 hours, with its lines and rules. Neither time without power (EQU3) nor time on a phone in the place of the line is watched. It is made of the published figure, and not of lines: of one that is nearly alone in being cut, the availability of all would else tell what REL2 does not.
SELECT country, geo, operator, technology, zone, source, simulated, 100 * (1 - value / 8760) AS value,
       CASE WHEN floor = 'off' THEN 'off' ELSE 'met' END AS floor, NULL AS note, as_of
FROM indicator_value
WHERE (indicator, statistic, period) = ('REL2', 'mean', $1::int::text) AND computed AND family IS NULL AND value IS NOT NULL
