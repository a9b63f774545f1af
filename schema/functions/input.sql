-- Rows that figures are calculated from (the migration "input"), on their way in, and the years that they change.

-- Lines of a file, in a table of the transaction that has the columns of their home, and `line`.
CREATE OR REPLACE FUNCTION input_stage(of_run int, home text, lines jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS pg_temp.import_input;
    EXECUTE format('CREATE TEMP TABLE import_input (LIKE %I, line int NOT NULL) ON COMMIT DROP', home);
    -- LATERAL: (f()).* would call f once a column.
    EXECUTE 'INSERT INTO import_input SELECT r.* FROM jsonb_array_elements($2) l
             CROSS JOIN LATERAL jsonb_populate_record(NULL::import_input, l || jsonb_build_object(''run'', $1)) r' USING of_run, lines;
END
$$;

-- The first line that has the key of one above it.
CREATE OR REPLACE FUNCTION input_twice(key text[], OUT above int, OUT line int)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT min(line), max(line) FROM import_input GROUP BY %s HAVING count(*) > 1 ORDER BY 2 LIMIT 1',
                   array_to_string(key, ', ')) INTO above, line;
END
$$;

-- Puts them where they belong, in the place of those that have the same in the columns of `key`. Returns how many there are.
CREATE OR REPLACE FUNCTION input_store(of_run int, home text, key text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    columns text := array_to_string(key, ', ');
    stored  bigint;
BEGIN
    EXECUTE format('WITH gone AS (DELETE FROM %I h WHERE (%s) IN (SELECT %2$s FROM import_input) RETURNING h.*)
                    INSERT INTO import_replaced SELECT $1, $2, g.run, to_jsonb(g) FROM gone g', home, columns) USING of_run, home;
    EXECUTE format('INSERT INTO %I SELECT r.* FROM import_input i CROSS JOIN LATERAL jsonb_populate_record(NULL::%1$I, to_jsonb(i)) r', home);
    GET DIAGNOSTICS stored = ROW_COUNT;
    UPDATE import_run SET sources = ARRAY(SELECT DISTINCT source FROM import_input ORDER BY source) WHERE run = of_run;
    RETURN stored;
END
$$;

-- The years of which there is something to calculate, or was.
CREATE OR REPLACE FUNCTION input_year() RETURNS SETOF int
LANGUAGE sql STABLE AS $$
    SELECT generate_series(extract(year FROM p.valid_from)::int,
                           least(extract(year FROM coalesce(p.valid_to, p.retrieved)), extract(year FROM now()))::int) FROM plan_price p
    UNION SELECT left(period, 4)::int FROM market_part
    UNION SELECT left(period, 4)::int FROM economy WHERE series = 'smartphone_price'
    UNION SELECT left(period, 4)::int FROM indicator_value WHERE source = 'calculated'
$$;

-- What comes or goes changes figures of its own years and of the year behind, which is held against it.
CREATE OR REPLACE FUNCTION input_stale() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM years_stale('imported', ARRAY(
        SELECT y FROM input_year() y, (
            SELECT min(left(coalesce(j->>'period', j->>'valid_from'), 4)::int) AS first,
                   max(left(coalesce(j->>'period', j->>'valid_to', greatest(j->>'retrieved', j->>'valid_from')), 4)::int) AS last
            FROM changed c CROSS JOIN LATERAL to_jsonb(c) j) s
        WHERE y BETWEEN s.first AND s.last + 1));
    RETURN NULL;
END
$$;
DO $$
DECLARE
    home text;
BEGIN
    FOREACH home IN ARRAY '{plan_price,economy,market_part}'::text[] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER input_added AFTER INSERT ON %I REFERENCING NEW TABLE AS changed
                        FOR EACH STATEMENT EXECUTE FUNCTION input_stale()', home);
        EXECUTE format('CREATE OR REPLACE TRIGGER input_removed AFTER DELETE ON %I REFERENCING OLD TABLE AS changed
                        FOR EACH STATEMENT EXECUTE FUNCTION input_stale()', home);
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION input_stage, input_twice, input_store, input_year, input_stale FROM PUBLIC;
