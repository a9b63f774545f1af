-- Versions of closed years. While a year is open its figures are made again in place. Once it is closed, what refresh makes are the
-- working rows: nobody reads them, and where one of them is told otherwise than in the last version, they become the next.

-- ---- a version never changes ----

CREATE OR REPLACE FUNCTION closed_forever() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was published in a version of a closed year never changes';
END
$$;
REVOKE EXECUTE ON FUNCTION closed_forever FROM PUBLIC;

-- What a figure has, one of a version has too: a newer program's columns are there, and empty in versions made before.
DO $$
DECLARE
    kept    record;
    missing record;
BEGIN
    FOR kept IN VALUES ('closed_version', NULL), ('closed_edition', NULL), ('closed_change', NULL), ('closed_figure', 'indicator_value'), ('closed_indicator', 'indicator'),
        ('closed_day', 'indicator_day') LOOP
        FOR missing IN
            SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type FROM pg_attribute a
            WHERE a.attrelid = to_regclass(kept.column2) AND a.attnum > 0 AND NOT a.attisdropped AND NOT EXISTS (
                SELECT FROM pg_attribute b WHERE b.attrelid = kept.column1::regclass AND b.attname = a.attname)
            ORDER BY a.attnum
        LOOP
            EXECUTE format('ALTER TABLE %I ADD %I %s', kept.column1, missing.name, missing.type);
        END LOOP;
        EXECUTE format('CREATE OR REPLACE TRIGGER closed_forever BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION closed_forever()', kept.column1);
    END LOOP;
END $$;

-- ---- making one ----

-- The one place where a version is stored: the year's working rows as they are. Never without the publication floor: what was
-- published once is for all to read. Returns its number.
CREATE OR REPLACE FUNCTION closed_store(of_year int, by_whom text, reasons text[], figures_changed int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    number int := 1 + coalesce((SELECT max(c.version) FROM closed_version c WHERE c.year = of_year), 0);
BEGIN
    IF (SELECT lifted FROM publication_floor)
       OR EXISTS (SELECT FROM indicator_value v WHERE left(v.period, 4)::int = of_year AND v.floor = 'off') THEN
        RAISE EXCEPTION 'no version is made of figures without a publication floor';
    END IF;
    INSERT INTO closed_version (year, version, closed_by, why, changed) VALUES (of_year, number, by_whom, reasons, figures_changed);
    INSERT INTO closed_indicator SELECT of_year, number, i.* FROM indicator i;
    INSERT INTO closed_figure SELECT of_year, number, v.* FROM indicator_value v WHERE left(v.period, 4)::int = of_year;
    INSERT INTO closed_day SELECT of_year, number, d.* FROM indicator_day d WHERE extract(year FROM d.day)::int = of_year;
    INSERT INTO closed_edition SELECT of_year, number, e.country, e.period, e.source, e.speaks_of FROM public_edition e
    WHERE left(e.period, 4)::int = of_year;
    INSERT INTO closed_change SELECT of_year, number, c.indicator, c.country, c.source, c.simulated, c.statistic, c.from_period, c.to_period,
        c.method_version, c.kind, c.why, c.value_from, c.value_to, c.low, c.high, c.n_common
    FROM indicator_change c WHERE left(c.to_period, 4)::int = of_year;
    RETURN number;
END
$$;

REVOKE EXECUTE ON FUNCTION closed_store FROM PUBLIC;
