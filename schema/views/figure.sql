-- The published figures, as pages, reports and the API read them: of a whole country, of its operators, of its departments.
-- Each row is of that alone: a figure by sex, by plan or by technology is in none of them. Nor is a survey without the visa that its
-- country asks for, until an editor lets it in (functions/import.sql).

CREATE OR REPLACE VIEW public_national AS
SELECT indicator, country, source, statistic, period, value, low, high, interval_kind, n_samples, n_days, n_probes, floor,
       simulated, source_url, retrieved, method_version, kind, lines, speaks_of, n_failed, n_silent, version, target_set,
       interval_why, interval_lines
FROM public_indicator
WHERE num_nonnulls(geo, operator, technology, family, zone, sex, age_group, plan, item) = 0 AND admitted;

-- The latest that each source has a value for.
CREATE OR REPLACE VIEW public_national_latest AS
SELECT DISTINCT ON (indicator, country, source, statistic) *
FROM public_national
WHERE value IS NOT NULL
ORDER BY indicator, country, source, statistic, period DESC;

-- Operators of the same `tie` are in no order that their lines tell of: a new one begins where each is behind all before it.
CREATE OR REPLACE VIEW public_operator AS
SELECT indicator, country, source, statistic, period, operator, value, low, high, better, rank_low, rank_high,
       CASE WHEN rank_low IS NOT NULL THEN 1 + count(*) FILTER (WHERE rank_low > best) OVER (of_figure ORDER BY rank_low) END AS tie,
       floor
FROM (SELECT *, max(rank_high) OVER (PARTITION BY indicator, country, source, statistic, period ORDER BY rank_low
                                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS best
      FROM public_indicator
      WHERE operator IS NOT NULL AND num_nonnulls(geo, technology, family, zone, sex, age_group, plan, item) = 0 AND admitted) AS i
WINDOW of_figure AS (PARTITION BY indicator, country, source, statistic, period);

CREATE OR REPLACE VIEW public_department AS
SELECT i.indicator, i.country, i.source, i.statistic, i.period, d.iso, d.name, i.value, i.floor
FROM public_indicator i
JOIN department d ON d.iso = i.geo
WHERE num_nonnulls(i.operator, i.technology, i.family, i.zone, i.sex, i.age_group, i.plan, i.item) = 0 AND i.admitted;

SELECT allow('SELECT ON public_national, public_national_latest, public_operator, public_department', 'reader', 'analyst');
