-- Days of metrics: told of blocks of lines once, for everybody; for analysts the collector puts the days by cell together.

-- The lines of a year: its network and who vouches for it as numbers, which say nothing of which network and who it is, and whether
-- it counts.
CREATE OR REPLACE FUNCTION series_line_make(of_year int) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO series_line AS l (year, probe_no, network, voucher, counts)
    SELECT of_year, s.probe_no, CASE WHEN s.network IS NOT NULL THEN dense_rank() OVER (ORDER BY s.network) END,
           CASE WHEN s.voucher IS NOT NULL THEN dense_rank() OVER (ORDER BY s.voucher) END, s.counts
    FROM probe_standing(make_date(of_year, 1, 1), make_date(of_year, 12, 31)) s
    ON CONFLICT (year, probe_no) DO UPDATE SET network = excluded.network, voucher = excluded.voucher, counts = excluded.counts
    WHERE (l.network, l.voucher, l.counts) IS DISTINCT FROM (excluded.network, excluded.voucher, excluded.counts)
$$;

-- A day that says something else is looked at: the last two days wait, their lines are still coming in. Of simulated days none does.
CREATE OR REPLACE FUNCTION series_mark() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO series_dirty (day, due)
    SELECT DISTINCT d.day, CASE WHEN c.simulated THEN d.day ELSE d.day + 2 END FROM changed d JOIN rollup_cell c USING (cell_no);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER series_mark AFTER INSERT ON rollup_cell_day REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION series_mark();

-- So are the days of a probe that begins to count.
CREATE OR REPLACE FUNCTION series_restand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO series_dirty (day, due) SELECT l.day, l.day + 2 FROM rollup_line l WHERE l.probe_no = NEW.probe_no;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER series_restand AFTER UPDATE OF confirmed_at, revoked_at, revoked_reason, token_no, replaced_by ON probe
    FOR EACH ROW EXECUTE FUNCTION series_restand();

-- And where each confirmed household of a network counts from now on: lines that waited for five networks may be enough, in all years
-- in which a probe was seen in it. Not where they cease to: what is told stays, and those that wait have fewer networks than before.
CREATE OR REPLACE FUNCTION series_restand_network() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO series_dirty (day, due)
    SELECT DISTINCT l.day, l.day + 2
    FROM (SELECT DISTINCT extract(year FROM n.day)::int AS year FROM probe_network n JOIN changed c ON c.prefix >>= n.prefix) y
    JOIN rollup_line l ON l.day BETWEEN make_date(y.year, 1, 1) AND make_date(y.year, 12, 31);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER series_restand_network AFTER INSERT ON carrier_nat REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION series_restand_network();

-- Takes the first day that is due off the list. One whose youngest lines do not count yet is looked at once more when they do.
CREATE OR REPLACE FUNCTION series_take() RETURNS date
LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtext('internetmetre series'));
    WITH today AS (
        SELECT (now() AT TIME ZONE 'UTC')::date AS day
    ), taken AS (
        DELETE FROM series_dirty d USING today t
        WHERE d.due <= t.day AND d.day = (SELECT min(e.day) FROM series_dirty e WHERE e.due <= t.day)
        RETURNING d.day
    ), again AS (
        INSERT INTO series_dirty (day, due) SELECT DISTINCT d.day, d.day + 9 FROM taken d, today t WHERE d.day > t.day - 9
    )
    SELECT min(day) FROM taken
$$;

-- Adds the days of lines that a day's points tell of to those of the year, or takes them off (sign -1): whoever changes the points
-- of a day does both.
CREATE OR REPLACE FUNCTION series_count_add(of_day date, sign int) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO series_count AS c (group_no, check_no, year, days)
    SELECT p.group_no, p.check_no, extract(year FROM of_day)::int, sign * max(p.probes)
    FROM series_point p WHERE p.day = of_day AND p.scope = 'all' GROUP BY p.group_no, p.check_no
    ON CONFLICT (group_no, check_no, year) DO UPDATE SET days = c.days + excluded.days
$$;

-- What was told of simulated lines on a day is told anew: they are nobody's.
CREATE OR REPLACE FUNCTION series_begin(of_day date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM series_block WHERE day = of_day AND simulated) THEN
        PERFORM series_count_add(of_day, -1);
        DELETE FROM series_block WHERE day = of_day AND simulated;
        DELETE FROM series_point p USING series_group g WHERE p.day = of_day AND g.group_no = p.group_no AND g.simulated;
        PERFORM series_count_add(of_day, 1);
    END IF;
END
$$;

-- What everybody's series are made of: what the lines of a day measured towards targets that are everybody's, as figures count them
-- (t.ours), over all of them (scope 'all'), over each kind, and towards each. Days by cell count those that members added to their own
-- as well, for analysts: lines that have such a one are put together anew. of_check NULL: all checks.
CREATE OR REPLACE FUNCTION series_said(of_day date, of_check smallint, scopes text[])
RETURNS TABLE (cell_no int, check_no smallint, "position" smallint, scope text, kind text, target_no int, probe_no int, samples bigint,
               value real)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
    WITH cell AS MATERIALIZED (
        SELECT d.*, coalesce(t.ours, true) AS ours
        FROM rollup_cell_day d
        LEFT JOIN target t USING (target_no)
        WHERE d.day = of_day AND (of_check IS NULL OR d.check_no = of_check) AND (d.scope = ANY (scopes) OR d.scope = 'target' AND NOT t.ours)
    ), own AS MATERIALIZED (
        SELECT DISTINCT c.cell_no, c.check_no, c.position, u.probe_no
        FROM cell c
        CROSS JOIN LATERAL unnest(c.probes) AS u (probe_no)
        WHERE c.scope = 'target' AND NOT c.ours
    ), again AS MATERIALIZED (
        SELECT o.*, t.kind, s.buckets, s.counts
        FROM own o
        CROSS JOIN LATERAL (SELECT r.target_no, r.buckets, r.counts FROM rollup_day_sketch r
                            WHERE (r.probe_no, r.day, r.check_no, r.position) = (o.probe_no, of_day, o.check_no, o.position) OFFSET 0) AS s
        LEFT JOIN target t USING (target_no)
        WHERE coalesce(t.ours, true)
    )
    SELECT c.cell_no, c.check_no, c.position, c.scope, c.kind, c.target_no, u.probe_no, u.samples::bigint, u.value
    FROM cell c
    CROSS JOIN LATERAL unnest(c.probes, c.samples, c.medians) AS u (probe_no, samples, value)
    LEFT JOIN own o ON (o.cell_no, o.check_no, o.position, o.probe_no) = (c.cell_no, c.check_no, c.position, u.probe_no)
    WHERE c.ours AND (c.scope = 'target' OR o.probe_no IS NULL)
    UNION ALL
    SELECT a.cell_no, a.check_no, a.position, CASE WHEN grouping(a.kind) = 1 THEN 'all' ELSE 'kind' END, a.kind, NULL, a.probe_no,
           sum((SELECT sum(n) FROM unnest(a.counts) n))::bigint, sketch_quantile(sketch_join(a.buckets), sketch_join(a.counts), 0.5)::real
    FROM again a
    GROUP BY GROUPING SETS ((a.cell_no, a.check_no, a.position, a.probe_no), (a.cell_no, a.check_no, a.position, a.probe_no, a.kind))
    HAVING CASE WHEN grouping(a.kind) = 1 THEN 'all' ELSE 'kind' END = ANY (scopes)
$$;

-- The lines of a day that are in no block yet, by check, metric and country: equal numbers are equal places.
CREATE OR REPLACE FUNCTION series_fresh(of_day date)
RETURNS TABLE (check_no smallint, "position" smallint, country bigint, department bigint, operator bigint, technology bigint,
               zone bigint, probe_no int, network bigint, voucher bigint)
LANGUAGE sql STABLE AS $$
    WITH place AS MATERIALIZED (
        SELECT cell_no, dense_rank() OVER (ORDER BY country, source, simulated) AS country,
               dense_rank() OVER (ORDER BY department) AS department, dense_rank() OVER (ORDER BY operator_no) AS operator,
               dense_rank() OVER (ORDER BY technology) AS technology, dense_rank() OVER (ORDER BY zone) AS zone
        FROM rollup_cell
        WHERE country IS NOT NULL AND (simulated OR of_day < (now() AT TIME ZONE 'UTC')::date - 1)
    ), told AS MATERIALIZED (
        SELECT b.check_no, b.position, unnest(b.probes) AS probe_no FROM series_block b WHERE b.day = of_day
    )
    SELECT d.check_no, d.position, p.country, p.department, p.operator, p.technology, p.zone, d.probe_no,
           coalesce(l.network, 0), coalesce(l.voucher, 0)
    FROM series_said(of_day, NULL, '{all}') d
    JOIN place p USING (cell_no)
    JOIN series_line l ON l.year = extract(year FROM of_day) AND l.probe_no = d.probe_no AND l.counts
    LEFT JOIN told t ON (t.check_no, t.position, t.probe_no) = (d.check_no, d.position, d.probe_no)
    WHERE t.probe_no IS NULL
    ORDER BY d.check_no, d.position, p.country
$$;

-- Towards what the new blocks of a day are told of as well, and with what: where five lines of five networks measured it, and where
-- those that did not are none or five. That is decided now and never again: who comes later is in no block of these.
CREATE OR REPLACE FUNCTION series_scope(of_day date, fresh bigint[]) RETURNS void
LANGUAGE sql SET enable_nestloop = off AS $$
    WITH member AS MATERIALIZED (
        SELECT b.block_no, b.check_no, b.position, cardinality(b.probes) AS lines, u.probe_no, u.place
        FROM series_block b
        CROSS JOIN LATERAL unnest(b.probes) WITH ORDINALITY AS u (probe_no, place)
        WHERE b.block_no = ANY (fresh)
    ), measured AS MATERIALIZED (
        SELECT d.* FROM series_said(of_day, NULL, '{kind,target}') d WHERE coalesce(d.kind, d.target_no::text) IS NOT NULL
    )
    INSERT INTO series_block_scope (block_no, scope, kind, target_no, samples, medians)
    SELECT c.block_no, c.scope, c.kind, c.target_no, c.samples,
           ARRAY(SELECT u.value FROM generate_series(1, c.lines) AS p (place)
                 LEFT JOIN unnest(c.places, c.medians) AS u (place, value) USING (place) ORDER BY p.place)
    FROM (SELECT m.block_no, m.lines, d.scope, d.kind, d.target_no, sum(d.samples) AS samples, array_agg(m.place) AS places,
                 array_agg(d.value) AS medians
          FROM measured d
          JOIN member m USING (check_no, position, probe_no)
          LEFT JOIN series_line l ON l.year = extract(year FROM of_day) AND l.probe_no = d.probe_no
          GROUP BY m.block_no, m.lines, d.scope, d.kind, d.target_no
          HAVING count(*) >= 5 AND count(DISTINCT l.network) >= 5 AND (m.lines = count(*) OR m.lines - count(*) >= 5)) AS c
$$;

-- The blocks of a day that each point counts, by country, by operator, by department, technology or zone, and by operator and
-- department; of single targets by country alone. `due`: a new one is among them.
CREATE OR REPLACE FUNCTION series_part(of_day date, fresh bigint[])
RETURNS TABLE (group_no int, check_no smallint, "position" smallint, scope text, kind text, target_no int, block_no bigint, due boolean)
LANGUAGE sql STABLE AS $$
    SELECT p.*, bool_or(p.block_no = ANY (fresh)) OVER (PARTITION BY p.group_no, p.check_no, p.position, p.scope, p.kind, p.target_no)
    FROM (SELECT g.group_no, b.check_no, b.position, s.scope, s.kind, s.target_no, b.block_no
          FROM series_block b
          JOIN series_group g ON (g.country, g.source, g.simulated, g.alike & b.alike) = (b.country, b.source, b.simulated, g.alike)
               AND (g.alike & 1 = 0 OR g.department IS NOT DISTINCT FROM b.department)
               AND (g.alike & 2 = 0 OR g.operator_no IS NOT DISTINCT FROM b.operator_no)
               AND (g.alike & 4 = 0 OR g.technology IS NOT DISTINCT FROM b.technology)
               AND (g.alike & 8 = 0 OR g.zone IS NOT DISTINCT FROM b.zone)
          JOIN (SELECT block_no, 'all' AS scope, NULL::text AS kind, NULL::int AS target_no FROM series_block WHERE day = of_day
                UNION ALL
                SELECT block_no, c.scope, c.kind, c.target_no FROM series_block_scope c JOIN series_block USING (block_no)
                WHERE day = of_day) s
               ON s.block_no = b.block_no AND (s.scope <> 'target' OR g.alike = 0)
          WHERE b.day = of_day) AS p
$$;

-- Makes the points of a day in which new blocks count, of what all of its blocks keep; all others stay as they are told. What a told
-- line says late is in none: the difference to the points that stand would be that line. Their networks alone are counted as they
-- are known now, which tells nothing of what was measured, and of a forgotten line is known no more.
CREATE OR REPLACE FUNCTION series_point_make(of_day date, fresh bigint[]) RETURNS void
LANGUAGE sql SET enable_nestloop = off AS $$
    DELETE FROM series_point p USING series_part(of_day, fresh) s
    WHERE s.due AND p.day = of_day AND (p.group_no, p.check_no, p.position, p.scope) = (s.group_no, s.check_no, s.position, s.scope)
          AND (p.kind, p.target_no) IS NOT DISTINCT FROM (s.kind, s.target_no);
    WITH kept AS MATERIALIZED (
        SELECT b.block_no, k.scope, k.kind, k.target_no, CASE WHEN u.place = 1 THEN k.samples END AS samples, u.value, u.weight, l.network
        FROM series_block b
        JOIN (SELECT block_no, 'all' AS scope, '' AS kind, 0 AS target_no, samples, medians FROM series_block WHERE day = of_day
              UNION ALL
              SELECT c.block_no, c.scope, coalesce(c.kind, ''), coalesce(c.target_no, 0), c.samples, c.medians
              FROM series_block_scope c JOIN series_block USING (block_no) WHERE day = of_day) AS k USING (block_no)
        CROSS JOIN LATERAL unnest(b.probes, k.medians, b.weights) WITH ORDINALITY AS u (probe_no, value, weight, place)
        LEFT JOIN series_line l ON l.year = extract(year FROM of_day) AND l.probe_no = u.probe_no AND u.value IS NOT NULL
        WHERE b.day = of_day
    )
    INSERT INTO series_point (day, group_no, check_no, position, scope, kind, target_no, samples, probes, networks, p10, p50, p90)
    SELECT of_day, c.group_no, c.check_no, c.position, c.scope, c.kind, c.target_no, c.samples, c.probes, c.networks,
           rounding_digits(c.q[1]), rounding_digits(c.q[2]), rounding_digits(c.q[3])
    FROM (SELECT s.group_no, s.check_no, s.position, s.scope, s.kind, s.target_no, sum(k.samples) AS samples, count(k.value) AS probes,
                 count(DISTINCT k.network) AS networks,
                 CASE WHEN count(k.weight) = 0 THEN percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY k.value::double precision)
                      ELSE quantile_weighted(ARRAY[0.1, 0.5, 0.9], array_agg(k.value::double precision) FILTER (WHERE k.value IS NOT NULL),
                                             array_agg(coalesce(k.weight, 1)::double precision) FILTER (WHERE k.value IS NOT NULL)) END AS q
          FROM (SELECT *, coalesce(kind, '') AS of_kind, coalesce(target_no, 0) AS of_target FROM series_part(of_day, fresh) WHERE due) s
          JOIN kept k ON (k.block_no, k.scope, k.kind, k.target_no) = (s.block_no, s.scope, s.of_kind, s.of_target)
          GROUP BY s.group_no, s.check_no, s.position, s.scope, s.kind, s.target_no) AS c
$$;

-- Stores new blocks of a day, and tells of them. Where a block's lines are alike is read of its first one. One of whose lines took
-- its value away since the block was made is in none: that marked the day once more.
CREATE OR REPLACE FUNCTION series_store(of_day date, blocks jsonb) RETURNS void
LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    fresh bigint[];
BEGIN
    WITH block AS MATERIALIZED (
        SELECT row_number() OVER () AS number, b.*
        FROM jsonb_to_recordset(blocks) AS b (check_no smallint, position smallint, alike smallint, probes int[], weights real[])
    ), member AS MATERIALIZED (
        -- By itself, so that lines are hashed: else each block is unfolded for each line of the day.
        SELECT b.number, b.check_no, b.position, cardinality(b.probes) AS lines, u.probe_no, u.place
        FROM block b
        CROSS JOIN LATERAL unnest(b.probes) WITH ORDINALITY AS u (probe_no, place)
    ), measured AS MATERIALIZED (
        SELECT d.check_no, d.position, d.probe_no, d.samples, d.value FROM series_said(of_day, NULL, '{all}') d
    ), kept AS (
        SELECT m.number, sum(d.samples) AS samples, array_agg(d.value ORDER BY m.place) AS medians
        FROM member m
        JOIN measured d USING (check_no, position, probe_no)
        GROUP BY m.number, m.lines
        HAVING count(*) = m.lines
    ), stored AS (
        INSERT INTO series_block (day, check_no, position, country, source, simulated, alike, department, operator_no, technology, zone,
                                  probes, samples, medians, weights)
        SELECT of_day, b.check_no, b.position, c.country, c.source, c.simulated, b.alike, CASE WHEN b.alike & 1 > 0 THEN c.department END,
               CASE WHEN b.alike & 2 > 0 THEN c.operator_no END, CASE WHEN b.alike & 4 > 0 THEN c.technology END,
               CASE WHEN b.alike & 8 > 0 THEN c.zone END, b.probes, k.samples, k.medians, b.weights
        FROM block b
        JOIN kept k USING (number)
        JOIN rollup_line l ON l.day = of_day AND l.probe_no = b.probes[1]
        JOIN rollup_cell c USING (cell_no)
        RETURNING block_no
    )
    SELECT array_agg(block_no) INTO fresh FROM stored;
    INSERT INTO series_group (country, source, simulated, alike, department, operator_no, technology, zone)
    SELECT DISTINCT b.country, b.source, b.simulated, m.alike, CASE WHEN m.alike & 1 > 0 THEN b.department END,
           CASE WHEN m.alike & 2 > 0 THEN b.operator_no END, CASE WHEN m.alike & 4 > 0 THEN b.technology END,
           CASE WHEN m.alike & 8 > 0 THEN b.zone END
    FROM series_block b JOIN (VALUES (0), (1), (2), (4), (8), (3)) AS m (alike) ON b.alike & m.alike = m.alike
    WHERE b.block_no = ANY (fresh)
    ON CONFLICT DO NOTHING;
    PERFORM series_scope(of_day, fresh);
    PERFORM series_count_add(of_day, -1);
    PERFORM series_point_make(of_day, fresh);
    PERFORM series_count_add(of_day, 1);
END
$$;
REVOKE EXECUTE ON FUNCTION series_line_make, series_mark, series_restand, series_restand_network, series_take, series_count_add, series_begin,
    series_said, series_fresh, series_scope, series_part, series_point_make, series_store FROM PUBLIC;

-- The cells that a series of analysts takes, and a number for each place of which it has a row, in their order: `alike` says what the
-- lines of a place have in common beside source and country (1 department, 2 operator, 4 technology, 8 zone). NULL for a filter means all.
CREATE OR REPLACE FUNCTION series_place(of_operator text, of_department text, of_technology text, of_zone text, of_country text, alike int)
RETURNS TABLE (cell_no int, place_no int, source text, simulated boolean, country text, department text, operator text, technology text,
               zone text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT cell_no,
           dense_rank() OVER (ORDER BY source, simulated, country, department, operator, operator_no, technology, zone)::int,
           source, simulated, country, department, operator, technology, zone
    FROM (SELECT c.cell_no, c.source, c.simulated, c.country, CASE WHEN alike & 1 > 0 THEN c.department END AS department,
                 CASE WHEN alike & 2 > 0 THEN c.operator_no END AS operator_no, CASE WHEN alike & 2 > 0 THEN o.name END AS operator,
                 CASE WHEN alike & 4 > 0 THEN c.technology END AS technology, CASE WHEN alike & 8 > 0 THEN c.zone END AS zone
          FROM rollup_cell c
          LEFT JOIN known_operator o ON o.operator_no = c.operator_no
          WHERE (of_operator IS NULL OR o.name = of_operator) AND (of_department IS NULL OR c.department = of_department)
            AND (of_technology IS NULL OR c.technology = of_technology) AND (of_zone IS NULL OR c.zone = of_zone)
            AND (of_country IS NULL OR c.country = of_country)) AS taken
$$;
REVOKE EXECUTE ON FUNCTION series_place FROM PUBLIC;
SELECT allow('EXECUTE ON FUNCTION series_place', 'analyst');

-- The networks of the years' lines, as numbers that say nothing: how many stand behind a row is counted by the collector, and no
-- analyst reads whose they are.
CREATE OR REPLACE FUNCTION series_network(first int, last int) RETURNS TABLE (year int, probe_no int, network bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.year, l.probe_no, l.network FROM series_line l WHERE l.year BETWEEN first AND last AND l.network IS NOT NULL
$$;
REVOKE EXECUTE ON FUNCTION series_network FROM PUBLIC;
SELECT allow('EXECUTE ON FUNCTION series_network', 'ingest');
