-- How the main statistic of a measured indicator changed from one year to the next, over what is common to both, with the whole
-- panel's figures beside it. `significant`: zero is not in the interval. Lines are counted in steps.
CREATE OR REPLACE VIEW public_change AS
SELECT c.indicator, i.name_fr, i.name_en, c.country, c.source, c.simulated, c.statistic, i.unit, c.from_period, c.to_period,
       c.kind IS NOT NULL AS comparable, c.why, c.kind, c.value_from, c.value_to, rounding_nearest(c.value_to - c.value_from, i.decimals) AS change,
       c.low, c.high, c.low > 0 OR c.high < 0 AS significant,
       rounding_nearest(100 * (c.value_to - c.value_from) / nullif(c.value_from, 0), 1) AS percent,
       CASE c.kind WHEN 'lines' THEN count_step(c.n_common) END AS n_lines, CASE c.kind WHEN 'cells' THEN c.n_common END AS n_cells,
       f.value AS whole_from, t.value AS whole_to, c.method_version
FROM change_version c
JOIN indicator_version i ON i.indicator = c.indicator AND i.version = c.version AND (i.version = 0 OR i.year = c.year)
LEFT JOIN national_value f ON (f.indicator, f.country, f.source, f.statistic, f.period)
                               = (c.indicator, c.country, c.source, c.statistic, c.from_period)
LEFT JOIN national_value t ON (t.indicator, t.country, t.source, t.statistic, t.period)
                               = (c.indicator, c.country, c.source, c.statistic, c.to_period)
LEFT JOIN closed_latest l ON l.year = c.year
WHERE c.version = CASE WHEN c.simulated THEN 0 ELSE coalesce(l.version, 0) END;

SELECT allow('SELECT ON public_change', 'reader', 'analyst');
