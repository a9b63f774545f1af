-- id: REL2_CUTS
-- name.fr: Nombre de coupures
-- name.en: Number of outages
-- unit: cuts a line and year
-- unit.fr: coupures par ligne et par an
-- decimals: 1
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured, imported
-- method: 1
-- dimensions: operator, department, technology, zone
-- aggregate: mean
-- headline.fr: Une ligne est coupée {mean} fois par an {where}.
-- headline.en: A line is cut {mean} times a year {where}.
-- definition.fr: Nombre de coupures par ligne et par an, comme le SAIFI de l’électricité (IEEE 1366) : les coupures divisées par les heures observées, rapportées à une année de 8 760 heures ; celle qui passe minuit compte une fois. Ce qu’est une coupure, ce qui est observé et tout le reste sont comme dans REL2, sondes muettes comprises (n_silent). Ce que publie une source importée suit sa propre définition.
-- definition.en: Number of cuts a line and year, as SAIFI of electricity (IEEE 1366): the cuts over the hours watched, for a year of 8,760 hours; one that goes over midnight counts once. What a cut is, what is watched and all else is as in REL2, silent probes too (n_silent). What an imported source publishes follows its own definition.
SELECT day, probe_no, NULL AS family, cuts AS value, tests AS samples, 0 AS failed
FROM watch_year($1, $2)
