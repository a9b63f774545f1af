-- A simulated country in a collector: `internetmetre-collector simulate`. All of it hangs on probes that are simulated, which no
-- measured figure counts.

-- The seconds by which a place's clocks are ahead of UTC on a day.
CREATE OR REPLACE FUNCTION clock_ahead(zone text, day date) RETURNS int
LANGUAGE sql STABLE AS $$
    SELECT extract(epoch FROM (day::timestamp AT TIME ZONE 'UTC') AT TIME ZONE zone - day::timestamp)::int
$$;

-- A simulated probe with its surroundings, from `joined` to the day before `gone`; from `moved` on it stands in another department.
-- It enrolled a week before, and some team confirmed it: six of them share the country, so that none outweighs the others.
CREATE OR REPLACE FUNCTION simulation_probe(of_probe text, number int, of_country text, of_department text, to_department text,
                                            of_operator text, of_technology text, of_zone text, of_prefix cidr, shared boolean,
                                            joined date, moved date, gone date) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    no     int;
    since  timestamptz := (joined - 7)::timestamp AT TIME ZONE 'UTC';
    moment timestamptz := moved::timestamp AT TIME ZONE 'UTC';
    its    int := (SELECT o.operator_no FROM operator o WHERE o.country = of_country AND o.name = of_operator);
BEGIN
    INSERT INTO probe (probe, source, simulated, enrolled_at, confirmed_at, confirmed_by)
    VALUES (of_probe, 'simulated', true, since, since, 'simulated team ' || number % 6 + 1)
    RETURNING probe_no INTO no;
    INSERT INTO probe_context (probe_no, valid_from, valid_to, country, department, zone, operator_no, technology, consent_version)
    VALUES (no, since, CASE WHEN moved < gone THEN moment ELSE 'infinity' END, of_country, of_department, of_zone, its, of_technology,
            'simulated');
    IF moved < gone THEN
        INSERT INTO probe_context (probe_no, valid_from, country, department, zone, operator_no, technology, consent_version)
        VALUES (no, moment, of_country, to_department, of_zone, its, of_technology, 'simulated');
    END IF;
    INSERT INTO probe_network (day, probe_no, prefix, pushes)
    SELECT d, no, of_prefix, 30 FROM generate_series(joined, gone - 1, interval '30 days') d;
    IF shared THEN
        INSERT INTO carrier_nat (prefix, source) VALUES (of_prefix, 'simulated') ON CONFLICT DO NOTHING;
    END IF;
    RETURN no;
END
$$;

-- Takes the simulated country away, whole: as if it had never been, but for the numbers that probes were given, and for names of
-- tasks and targets, which real results carry as well: a collector that runs keeps the numbers of those that it met, and would go on
-- to write them. Versions of closed years have nothing of it, unless an earlier program made them: they never change.
CREATE OR REPLACE FUNCTION simulation_remove() RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    of_table  text;
    of_column text;
    of_whole  text;
    probes    int[] := ARRAY(SELECT probe_no FROM probe WHERE simulated);
BEGIN
    PERFORM FROM probe p WHERE p.probe_no = ANY (probes) ORDER BY p.probe_no FOR UPDATE;
    PERFORM rollup_lock();
    PERFORM pg_advisory_xact_lock(hashtext('internetmetre refresh'));
    PERFORM years_stale('asked', array_agg(DISTINCT extract(year FROM day)::int)) FROM rollup_day WHERE simulated;
    -- Every table that speaks of probes, those that refer to `probe` among them.
    FOR of_table IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                      AND a.attname = 'probe_no' AND c.relname <> 'probe' LOOP
        EXECUTE format('DELETE FROM %I WHERE probe_no = ANY ($1)', of_table) USING probes;
    END LOOP;
    DELETE FROM probe WHERE probe_no = ANY (probes);
    -- What hangs on cells, and on groups that series are told of.
    FOR of_table, of_column, of_whole IN
        SELECT c.relname, a.attname, w.whole FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        JOIN (VALUES ('cell_no', 'rollup_cell'), ('group_no', 'series_group')) AS w (key, whole) ON w.key = a.attname
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> w.whole LOOP
        EXECUTE format('DELETE FROM %I WHERE %I IN (SELECT %2$I FROM %I WHERE simulated)', of_table, of_column, of_whole);
    END LOOP;
    -- And of figures.
    FOR of_table IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                      AND a.attname = 'source' AND c.relname NOT IN ('probe', 'rollup_day') AND c.relname NOT LIKE 'closed\_%' LOOP
        EXECUTE format('DELETE FROM %I WHERE source = ''simulated''', of_table);
    END LOOP;
    DELETE FROM simulation;
    RETURN cardinality(probes);
END
$$;
DROP FUNCTION IF EXISTS simulation_unname();
REVOKE EXECUTE ON FUNCTION clock_ahead, simulation_probe, simulation_remove FROM PUBLIC;
