-- How an indicator changed from the year before: over lines that measured in both years (collector/figure/pair.h), else over cells
-- that were published in both.

-- The whole panel's figures of a year beside those of the year before; why they are not comparable: 'missing', the year before has
-- none; 'unfinished', the year is not over, and so are some of its seasons, or the batches of its last month may still come;
-- 'method', they were made in different ways, or to different sets of targets. NULL: they are.
CREATE OR REPLACE FUNCTION change_years(of_indicator text, of_statistic text, of_year int)
RETURNS TABLE (country text, source text, simulated boolean, method_version int, why text)
LANGUAGE sql STABLE AS $$
    SELECT t.country, t.source, t.simulated, t.method_version,
           CASE WHEN f.source IS NULL THEN 'missing'
                WHEN (now() AT TIME ZONE 'UTC')::date < make_date(of_year + 1, 2, 1) THEN 'unfinished'
                WHEN f.method_version <> t.method_version OR f.target_set IS DISTINCT FROM t.target_set THEN 'method' END
    FROM indicator_value t
    LEFT JOIN indicator_value f ON f.computed AND f.period = (of_year - 1)::text
         AND (f.indicator, f.statistic, f.country, f.source) = (t.indicator, t.statistic, t.country, t.source)
         AND num_nonnulls(f.geo, f.operator, f.technology, f.family, f.zone) = 0
    WHERE t.computed AND t.period = of_year::text AND t.indicator = of_indicator AND t.statistic = of_statistic
      AND num_nonnulls(t.geo, t.operator, t.technology, t.family, t.zone) = 0
$$;

-- Lines, by the names that they have now, with the marks of what they said, as collector/figure/panel.h has them; 0 where none was kept.
CREATE OR REPLACE FUNCTION lines_marked(lines text[], marks int[]) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_object_agg(coalesce(l.probe, u.line), coalesce(u.mark, 0))
    FROM unnest(lines, marks) AS u (line, mark)
    LEFT JOIN probe p ON p.probe = u.line
    LEFT JOIN probe_household h USING (probe_no)
    LEFT JOIN probe l ON l.probe_no = h.household
$$;

-- What is out over lines of a year: its changes from the year before and to the year behind, the newest first. What another method told
-- is there twice: lines that its values alone tell apart say the same.
CREATE OR REPLACE FUNCTION lines_told(of_indicator text, of_country text, of_source text, of_method int, of_year int) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(lines_marked(t.lines, m.marks) ORDER BY t.told_no DESC, m.marks IS NULL), '[]')
    FROM told_change t
    CROSS JOIN LATERAL (SELECT CASE t.to_period WHEN of_year::text THEN t.marks_to ELSE t.marks_from END
                        UNION SELECT NULL WHERE t.method_version <> of_method) AS m (marks)
    WHERE (t.indicator, t.country, t.source) = (of_indicator, of_country, of_source) AND t.to_period IN (of_year::text, (of_year + 1)::text)
$$;

-- Those that lines could tell of, with all that is out over lines of either year.
DROP FUNCTION IF EXISTS change_pending; -- its columns change from one program to the next
CREATE FUNCTION change_pending(of_indicator text, of_statistic text, of_year int)
RETURNS TABLE (country text, source text, told_from jsonb, told_to jsonb)
LANGUAGE sql STABLE AS $$
    SELECT y.country, y.source, lines_told(of_indicator, y.country, y.source, y.method_version, of_year - 1),
           lines_told(of_indicator, y.country, y.source, y.method_version, of_year)
    FROM change_years(of_indicator, of_statistic, of_year) y
    WHERE y.why IS NULL
$$;

-- Over cells that were published in both years with their intervals: by operator and department, else by operator, else by
-- department; two at least, with half of each year's lines. Their weights are the numbers of probes in the first year, in the
-- steps that everybody is told: who has the published figures can reckon it. The interval takes the figures for independent, which
-- is wider than it need be. It is told in the decimals of figures.
CREATE OR REPLACE FUNCTION change_over_cells(of_indicator text, of_statistic text, of_country text, of_source text, of_year int)
RETURNS TABLE (value_from double precision, value_to double precision, low double precision, high double precision, cells int)
LANGUAGE sql STABLE AS $$
    WITH cell AS (
        SELECT v.period::int AS year, v.geo, v.operator, v.value, (v.high - v.low) / 2 AS half, count_step(v.n_probes) AS weight
        FROM indicator_value v
        WHERE v.computed AND v.period IN (of_year::text, (of_year - 1)::text) AND v.indicator = of_indicator
          AND v.statistic = of_statistic AND v.country = of_country AND v.source = of_source
          AND num_nonnulls(v.technology, v.family, v.zone) = 0 AND num_nulls(v.value, v.low, v.high) = 0
    ), common AS (
        SELECT CASE WHEN num_nonnulls(f.geo, f.operator) = 2 THEN 1 WHEN f.operator IS NOT NULL THEN 2 WHEN f.geo IS NOT NULL THEN 3
                    ELSE 4 END AS cut,
               f.value AS value_from, t.value AS value_to, f.weight AS weight, t.weight AS weight_to, f.half ^ 2 + t.half ^ 2 AS squares
        FROM cell f
        JOIN cell t ON t.year = of_year AND f.geo IS NOT DISTINCT FROM t.geo AND f.operator IS NOT DISTINCT FROM t.operator
        WHERE f.year = of_year - 1
    ), summed AS (
        SELECT cut, sum(weight * c.value_from) / sum(weight) AS value_from, sum(weight * c.value_to) / sum(weight) AS value_to,
               sqrt(sum(weight ^ 2 * squares)) / sum(weight) AS half, count(*)::int AS cells, sum(weight) AS weight,
               sum(weight_to) AS weight_to
        FROM common c
        GROUP BY cut
    )
    SELECT r.value_from, r.value_to, rounding_below(r.value_to - r.value_from - s.half, i.decimals),
           rounding_above(r.value_to - r.value_from + s.half, i.decimals), s.cells
    FROM summed s
    JOIN summed w ON w.cut = 4 AND 2 * s.weight >= w.weight AND 2 * s.weight_to >= w.weight_to
    JOIN indicator i ON i.indicator = of_indicator
    CROSS JOIN LATERAL (SELECT rounding_nearest(s.value_from, i.decimals) AS value_from,
                               rounding_nearest(s.value_to, i.decimals) AS value_to) r
    WHERE s.cut < 4 AND s.cells > 1
    ORDER BY s.cut
    LIMIT 1
$$;

-- Remembers of which lines was told, once where they said the same; without a floor nothing is.
CREATE OR REPLACE FUNCTION change_remember(of_indicator text, of_statistic text, of_year int, told jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO told_change (indicator, country, source, to_period, method_version, lines, marks_from, marks_to)
    SELECT of_indicator, y.country, y.source, of_year::text, y.method_version, n.lines, n.marks_from, n.marks_to
    FROM jsonb_to_recordset(told) AS n (country text, source text, lines text[], marks_from int[], marks_to int[])
    JOIN change_years(of_indicator, of_statistic, of_year) y USING (country, source)
    JOIN publication_floor f ON NOT (f.lifted OR f.lifted_simulated AND y.simulated)
    WHERE NOT EXISTS (SELECT FROM told_change t
                      WHERE (t.indicator, t.country, t.source, t.to_period, t.lines) = (of_indicator, y.country, y.source, of_year::text, n.lines)
                        AND (t.marks_from, t.marks_to) IS NOT DISTINCT FROM (n.marks_from, n.marks_to))
$$;

-- Stores what lines told: [{"country", "source", "value_from", "value_to", "low", "high", "lines": […], "marks_from": […],
-- "marks_to": […]}]. What other lines told before stays where these tell nothing: each edition of it is held against all before.
CREATE OR REPLACE FUNCTION change_store(of_indicator text, of_statistic text, of_year int, told jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM indicator_change c
    WHERE c.indicator = of_indicator AND c.to_period = of_year::text AND (
        c.kind IS DISTINCT FROM 'lines'
        OR EXISTS (SELECT FROM jsonb_to_recordset(told) AS n (country text, source text) WHERE (n.country, n.source) = (c.country, c.source))
        OR NOT EXISTS (SELECT FROM change_years(of_indicator, of_statistic, of_year) y
                       WHERE y.why IS NULL AND (y.country, y.source, y.method_version) = (c.country, c.source, c.method_version)));
    INSERT INTO indicator_change (indicator, country, source, simulated, statistic, from_period, to_period, method_version, kind, why,
                                  value_from, value_to, low, high, n_common)
    SELECT of_indicator, y.country, y.source, y.simulated, of_statistic, (of_year - 1)::text, of_year::text, y.method_version,
           CASE WHEN n.lines IS NOT NULL THEN 'lines' WHEN x.cells IS NOT NULL THEN 'cells' END,
           CASE WHEN num_nonnulls(n.lines, x.cells) = 0 THEN coalesce(y.why, 'few') END,
           coalesce(n.value_from, x.value_from), coalesce(n.value_to, x.value_to), coalesce(n.low, x.low), coalesce(n.high, x.high),
           coalesce(cardinality(n.lines), x.cells)
    FROM change_years(of_indicator, of_statistic, of_year) y
    LEFT JOIN jsonb_to_recordset(told) AS n (country text, source text, value_from double precision, value_to double precision,
                                             low double precision, high double precision, lines text[])
           ON (n.country, n.source) = (y.country, y.source)
    LEFT JOIN LATERAL change_over_cells(of_indicator, of_statistic, y.country, y.source, of_year) x ON y.why IS NULL AND n.lines IS NULL
    ON CONFLICT DO NOTHING;
    PERFORM change_remember(of_indicator, of_statistic, of_year, told);
END
$$;
-- Takes away what was said of years that were not over, once they are: they are made again, and compared.
CREATE OR REPLACE FUNCTION change_ripen() RETURNS void
LANGUAGE sql AS $$
    WITH ripe AS (
        DELETE FROM indicator_change
        WHERE why = 'unfinished' AND (now() AT TIME ZONE 'UTC')::date >= make_date(to_period::int + 1, 2, 1)
        RETURNING to_period::int AS year
    )
    SELECT years_stale('compared', array_agg(year)) FROM ripe
$$;
REVOKE EXECUTE ON FUNCTION lines_marked, lines_told, change_years, change_pending, change_over_cells, change_remember, change_store,
    change_ripen FROM PUBLIC;
