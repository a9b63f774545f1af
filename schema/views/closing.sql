-- Figures by version: 0 is what refresh made last, which is what everybody reads of an open year, and nobody of a closed one, unless
-- it is of a simulated country.

CREATE OR REPLACE VIEW closed_latest AS
SELECT year, max(version) AS version FROM closed_version GROUP BY year;

CREATE OR REPLACE VIEW figure_version AS
SELECT left(v.period, 4)::int AS year, 0 AS version, v.* FROM indicator_value v
UNION ALL
SELECT * FROM closed_figure;

-- What everybody reads of whole countries, and nothing beside it: to look figures up in.
CREATE OR REPLACE VIEW national_value AS
SELECT v.indicator, v.country, v.source, v.statistic, v.period, v.value
FROM figure_version v
LEFT JOIN closed_latest l ON l.year = v.year
WHERE num_nonnulls(v.geo, v.operator, v.technology, v.family, v.zone, v.sex, v.age_group, v.plan, v.item) = 0
  AND v.version = CASE WHEN v.simulated THEN 0 ELSE coalesce(l.version, 0) END;

-- What each of them meant.
CREATE OR REPLACE VIEW indicator_version AS
SELECT NULL::int AS year, 0 AS version, i.* FROM indicator i
UNION ALL
SELECT * FROM closed_indicator;

-- What their editions speak of.
CREATE OR REPLACE VIEW edition_version AS
SELECT 0 AS version, e.country, e.period, e.source, e.speaks_of FROM public_edition e
UNION ALL
SELECT c.version, c.country, c.period, c.source, c.speaks_of FROM closed_edition c;

-- How they changed from the year before.
CREATE OR REPLACE VIEW change_version AS
SELECT left(c.to_period, 4)::int AS year, 0 AS version, c.indicator, c.country, c.source, c.simulated, c.statistic, c.from_period,
       c.to_period, c.method_version, c.kind, c.why, c.value_from, c.value_to, c.low, c.high, c.n_common
FROM indicator_change c
UNION ALL
SELECT * FROM closed_change;

CREATE OR REPLACE VIEW day_version AS
SELECT extract(year FROM d.day)::int AS year, 0 AS version, d.* FROM indicator_day d
UNION ALL
SELECT * FROM closed_day;

-- The versions themselves; who closed a year is the team's affair.
CREATE OR REPLACE VIEW public_version AS
SELECT c.year, c.version, c.made_at, c.changed, array_to_string(c.why, ' ') AS why, c.version = l.version AS latest
FROM closed_version c
JOIN closed_latest l USING (year);

SELECT allow('SELECT ON public_version', 'reader', 'analyst');
SELECT allow('SELECT ON closed_figure, closed_indicator, closed_day', 'analyst');
