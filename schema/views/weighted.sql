-- What lines of a technology have over the country, each operator by its part of that market (where nobody brought shares of the
-- technology, of the market that it belongs to: mobile shares say nothing of fibre). Made of nothing but figures by operator and
-- technology that everybody has, and of shares that a source published: it tells of no line more than they do.
--   value = Σ w·v / Σ w over operators that have both a share w and a figure v; unweighted: the same, all w alike;
--   n_eff = (Σ w)² / Σ w² (Kish, 1965): as many operators of the same size weigh as evenly; covered: Σ w, percent of the market.
-- Whose figure lacks a share, and whose share a figure (of few lines, or hidden, or none), is named and not dropped.
-- One that the team does not know any more has its part, and no name. Names that were merged are one, of figures as of shares.
-- A closed year has the shares of its version (functions/closing.sql), under the names that operators had then.

-- The shares of each year: of each technology those of its latest period, of the source that was asked last, as market() has them
-- (functions/hhi.sql).
CREATE OR REPLACE VIEW market_now AS
SELECT l.year, m.country, m.technology, CASE WHEN o.name IS NULL THEN m.operator ELSE k.name END AS operator,
       sum(coalesce(m.share, m.subscriptions))::double precision AS part, m.period, m.source, max(m.retrieved) AS retrieved
FROM (SELECT DISTINCT ON (country, year, technology) country, left(period, 4)::int AS year, technology, period, source
      FROM market_part
      ORDER BY country, year, technology, period_end(period) DESC, retrieved DESC, period, source) l
JOIN market_part m USING (country, technology, period, source)
LEFT JOIN operator o ON (o.country, o.name) = (m.country, m.operator)
LEFT JOIN known_operator k USING (operator_no)
GROUP BY 1, 2, 3, 4, 6, 7;

CREATE OR REPLACE VIEW public_weighted AS
WITH part AS (
    SELECT 0 AS version, year, country, technology, operator, part, period, source, retrieved FROM market_now
    UNION ALL
    SELECT version, year, country, technology, operator, part, period, source, retrieved FROM closed_share
), share AS (
    SELECT p.*, 100 * p.part / nullif(sum(p.part) OVER (PARTITION BY p.version, p.year, p.country, p.technology), 0) AS share FROM part p
), figure AS (
    SELECT i.indicator, i.name_fr, i.name_en, i.period, i.statistic, i.country, i.source, i.simulated, i.unit, i.method_version, i.version,
           i.technology, i.value, i.operator AS written,
           CASE WHEN i.version > 0 OR o.name IS NULL THEN i.operator ELSE k.name END AS operator, left(i.period, 4)::int AS year,
           CASE WHEN i.technology IN ('3g', '4g', '5g') THEN 'mobile' ELSE 'fixed' END AS market -- as tariff_market
    FROM public_indicator i
    LEFT JOIN operator o ON (o.country, o.name) = (i.country, i.operator)
    LEFT JOIN known_operator k USING (operator_no)
    WHERE i.kind = 'measured' AND i.statistic IN ('p50', 'mean') AND num_nonnulls(i.operator, i.technology) = 2
      AND num_nonnulls(i.geo, i.family, i.zone, i.sex, i.age_group, i.plan, i.item) = 0
), whole AS (
    SELECT f.*, (SELECT l.technology FROM part l
                 WHERE (l.version, l.country, l.year) = (f.version, f.country, f.year) AND l.technology IN (f.technology, f.market)
                 ORDER BY l.technology <> f.technology LIMIT 1) AS share_technology
    FROM (SELECT indicator, name_fr, name_en, period, statistic, country, source, simulated, unit, method_version, version, technology, year,
                 market, -- until figures are made again, two names may be one operator: its own goes before
                 jsonb_object_agg(operator, value ORDER BY written = operator, written) FILTER (WHERE operator IS NOT NULL) AS said
          FROM figure
          GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14) f
)
SELECT w.indicator, w.name_fr, w.name_en, w.period, w.country, w.technology, w.statistic, rounding_nearest(s.value, i.decimals) AS value,
       rounding_nearest(s.unweighted, i.decimals) AS unweighted, w.unit, s.n_operators, round(s.n_eff::numeric, 2) AS n_eff,
       round(s.covered::numeric, 1) AS covered, s.without_share, s.without_figure, w.share_technology, s.share_period, s.share_source,
       s.share_retrieved, w.source, w.simulated, w.method_version
FROM whole w
JOIN indicator i USING (indicator)
CROSS JOIN LATERAL (
    SELECT sum(m.share * m.value) FILTER (WHERE m.both) / nullif(sum(m.share) FILTER (WHERE m.both), 0) AS value,
           avg(m.value) FILTER (WHERE m.both) AS unweighted, count(*) FILTER (WHERE m.both)::int AS n_operators,
           sum(m.share) FILTER (WHERE m.both) ^ 2 / nullif(sum(m.share ^ 2) FILTER (WHERE m.both), 0) AS n_eff,
           coalesce(sum(m.share) FILTER (WHERE m.both), 0) AS covered,
           string_agg(m.operator, ', ' ORDER BY m.operator) FILTER (WHERE m.share IS NULL AND m.value IS NOT NULL) AS without_share,
           string_agg(m.operator, ', ' ORDER BY m.operator) FILTER (WHERE m.share IS NOT NULL AND m.value IS NULL) AS without_figure,
           min(m.period) AS share_period, min(m.source) AS share_source, max(m.retrieved) AS share_retrieved
    FROM (SELECT coalesce(v.operator, h.operator) AS operator, v.value, h.share, h.period, h.source, h.retrieved,
                 v.value IS NOT NULL AND h.share > 0 AS both
          FROM (SELECT key AS operator, value::text::double precision AS value FROM jsonb_each(w.said) WHERE value <> 'null') v
          FULL JOIN (SELECT * FROM share h
                     WHERE (h.version, h.country, h.year, h.technology) = (w.version, w.country, w.year, w.share_technology)) h
               USING (operator)) m) s
WHERE num_nonnulls(s.value, s.without_share) > 0;

SELECT allow('SELECT ON public_weighted', 'reader', 'analyst');
