-- A day of a chart has no point beside series that few lines would tell apart from it.
BEGIN;
SELECT plan(1);

CREATE FUNCTION pg_temp.no(number int) RETURNS int LANGUAGE sql AS $$
    SELECT probe_no FROM probe WHERE probe = translate(lpad(number::text, 20, 'a'), '0189', 'bcde')
$$;
INSERT INTO probe (probe, enrolled_at) SELECT translate(lpad(n::text, 20, 'a'), '0189', 'bcde'), '2023-01-01' FROM generate_series(1, 16) n;
INSERT INTO series_line (year, probe_no, network, counts) SELECT 2024, probe_no, probe_no, true FROM probe;
INSERT INTO rollup_cell (source, simulated, country) VALUES ('agent', false, 'BJ');
INSERT INTO rollup_line SELECT '2024-03-01', probe_no, cell_no FROM probe, rollup_cell;
CREATE TEMP TABLE line_year AS
SELECT '2024-01-01'::date AS first, '2024-12-31'::date AS last, probe_no, NULL::text AS network, true AS counts FROM probe;

-- What lines measured of ping's first metric; the first `others` of them say something else.
CREATE FUNCTION pg_temp.say(others int) RETURNS void LANGUAGE sql AS $$
    DELETE FROM rollup_cell_day;
    INSERT INTO rollup_cell_day
    SELECT '2024-03-01', cell_no, 1, 1, 'all', NULL, NULL, array_agg(pg_temp.no(n)), array_agg(2),
           array_agg((n + CASE WHEN n <= others THEN 50 ELSE 0 END)::real)
    FROM rollup_cell, generate_series(1, 16) n GROUP BY cell_no
$$;
SELECT pg_temp.say(0) \g /dev/null
SELECT series_store('2024-03-01', jsonb_build_array(jsonb_build_object('check_no', 1, 'position', 1, 'alike', 0,
                    'probes', (SELECT array_agg(pg_temp.no(n)) FROM generate_series(1, 16) n)))) \g /dev/null

-- Is the day barred when so many probes say something else, which hang on `networks` lines' networks, and of which as many pairs are
-- a box and the one that took its place?
CREATE FUNCTION pg_temp.barred(others int, networks int, pairs int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE probe SET replaced_by = NULL;
    UPDATE probe SET replaced_by = pg_temp.no(n + pairs) FROM generate_series(1, pairs) n WHERE probe_no = pg_temp.no(n);
    UPDATE pg_temp.line_year SET network = n % networks FROM generate_series(1, 16) n WHERE probe_no = pg_temp.no(n);
    PERFORM pg_temp.say(others);
    RETURN coalesce((SELECT bool_or(a.barred) FROM series_apart('CHG1', 'ping', '2024-01-01', '2025-01-01') a), false);
END
$$;
SELECT results_eq($$SELECT others, networks, pairs, pg_temp.barred(others, networks, pairs)
                    FROM (VALUES (0, 16, 0), (4, 16, 0), (5, 16, 0), (6, 3, 0), (6, 16, 3), (8, 16, 3), (10, 5, 5), (10, 4, 5))
                         AS t (others, networks, pairs)$$,
                  $$VALUES (0, 16, 0, false), (4, 16, 0, true), (5, 16, 0, false), (6, 3, 0, true), (6, 16, 3, true), (8, 16, 3, false),
                           (10, 5, 5, false), (10, 4, 5, true)$$, 'five lines of five networks, whatever their boxes');
SELECT * FROM finish();
ROLLBACK;
