-- Of things that lines test and that are no lines: name servers, prefixes (collector/figure/indicator.h, over: objects). pg_temp.voice has
-- what each household said of each of them in a year: of so many tests that came to anything, on these days, so many were good.

-- The word on each object: good where most of the voices are, each of which says what most of its own tests do; so that neither a box that
-- tests all day nor what stands in one house and meddles says more than another. Two that differ say that it is not. `counts`: as many
-- stand behind it as behind a figure of lines.
CREATE OR REPLACE FUNCTION object_word(least_lines int, least_networks int, least_days int)
RETURNS TABLE (country text, source text, simulated boolean, lifted boolean, object text, lines int, good_lines int, networks int, days int,
               counts boolean, good boolean)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT w.*, w.lines > 0 AND (w.lifted OR w.lines >= least_lines AND w.networks >= least_networks AND w.days >= least_days),
           2 * w.good_lines > w.lines
    FROM (SELECT v.country, v.source, v.simulated, v.lifted, v.object, count(*) FILTER (WHERE v.tests > 0)::int AS lines,
                 count(*) FILTER (WHERE 2 * v.good > v.tests)::int AS good_lines,
                 count(DISTINCT v.network) FILTER (WHERE v.tests > 0)::int AS networks,
                 coalesce(sum(days_before(v.days, 'infinity')), 0)::int AS days
          FROM pg_temp.voice v
          GROUP BY 1, 2, 3, 4, 5) w;
END
$$;

-- The figure of a country and source: the percent of objects that are good, of those that count. Where none does it has no value, and says
-- nothing of who there is.
CREATE OR REPLACE FUNCTION object_figure(least_lines int, least_networks int, least_days int)
RETURNS TABLE (country text, source text, simulated boolean, value double precision, n_samples bigint, n_days int, n_probes int,
               n_networks int, floor text, note text, as_of date)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH word AS MATERIALIZED (
        SELECT * FROM object_word(least_lines, least_networks, least_days)
    ), line AS (
        SELECT v.country, v.source, v.line, v.network, sum(v.tests) AS tests, range_agg(v.days) AS days
        FROM pg_temp.voice v JOIN word w USING (country, source, object)
        WHERE w.counts AND v.tests > 0
        GROUP BY 1, 2, 3, 4
    ), behind AS (
        SELECT l.country, l.source, sum(l.tests)::bigint AS tests, sum(days_before(l.days, 'infinity'))::int AS days,
               count(DISTINCT l.line)::int AS lines, count(DISTINCT l.network)::int AS networks, max(upper(l.days)) - 1 AS last_day
        FROM line l
        GROUP BY 1, 2
    )
    SELECT w.country, w.source, w.simulated, 100 * (count(*) FILTER (WHERE w.counts AND w.good))::double precision
               / nullif(count(*) FILTER (WHERE w.counts), 0),
           b.tests, b.days, b.lines, b.networks,
           CASE WHEN w.lifted THEN 'off' WHEN b.lines IS NULL THEN 'n<5' ELSE 'met' END,
           CASE WHEN b.lines IS NOT NULL THEN format('counted: %s of %s', count(*) FILTER (WHERE w.counts), count(*)) END, b.last_day
    FROM word w
    LEFT JOIN behind b USING (country, source)
    GROUP BY w.country, w.source, w.simulated, w.lifted, b.tests, b.days, b.lines, b.networks, b.last_day;
END
$$;
REVOKE EXECUTE ON FUNCTION object_word, object_figure FROM PUBLIC;
