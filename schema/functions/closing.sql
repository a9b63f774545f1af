-- Versions of closed years. While a year is open its figures are made again in place. Once it is closed, what refresh makes are the
-- working rows: nobody reads them, and where one of them is told otherwise than in the last version, they become the next.

-- ---- a version never changes ----

CREATE OR REPLACE FUNCTION closed_forever() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was published in a version of a closed year never changes';
END
$$;

-- Nor does anything come to one later: only in the transaction that makes it.
CREATE OR REPLACE FUNCTION closed_now() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM closed_version c WHERE (c.year, c.version) = (NEW.year, NEW.version) AND c.made_at = now()) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was published in a version of a closed year never changes';
END
$$;
REVOKE EXECUTE ON FUNCTION closed_forever, closed_now FROM PUBLIC;

-- What a figure has, one of a version has too: a newer program's columns are there, and empty in versions made before.
DO $$
DECLARE
    kept    record;
    missing record;
BEGIN
    FOR kept IN VALUES ('closed_version', NULL), ('closed_edition', NULL), ('closed_change', NULL), ('closed_share', NULL),
        ('closed_figure', 'indicator_value'), ('closed_indicator', 'indicator'), ('closed_day', 'indicator_day') LOOP
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
        IF kept.column1 <> 'closed_version' THEN
            EXECUTE format('CREATE OR REPLACE TRIGGER closed_now BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION closed_now()',
                           kept.column1);
        END IF;
    END LOOP;
END $$;

-- ---- making one ----

-- The one place where a version is stored: the year's working rows as they are, but for those of a simulated country, which can be
-- taken away as if it had never been. Never without the publication floor: what was published once is for all to read. Returns its
-- number.
CREATE OR REPLACE FUNCTION closed_store(of_year int, by_whom text, reasons text[], figures_changed int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    number int := 1 + coalesce((SELECT max(c.version) FROM closed_version c WHERE c.year = of_year), 0);
BEGIN
    IF (SELECT lifted FROM publication_floor)
       OR EXISTS (SELECT FROM indicator_value v WHERE left(v.period, 4)::int = of_year AND v.floor = 'off' AND NOT v.simulated) THEN
        RAISE EXCEPTION 'no version is made of figures without a publication floor';
    END IF;
    INSERT INTO closed_version (year, version, closed_by, why, changed) VALUES (of_year, number, by_whom, reasons, figures_changed);
    INSERT INTO closed_indicator SELECT of_year, number, i.* FROM indicator i;
    INSERT INTO closed_figure SELECT of_year, number, v.* FROM indicator_value v WHERE left(v.period, 4)::int = of_year AND NOT v.simulated;
    INSERT INTO closed_day SELECT of_year, number, d.* FROM indicator_day d
    WHERE extract(year FROM d.day)::int = of_year AND d.source <> 'simulated';
    INSERT INTO closed_edition SELECT of_year, number, e.country, e.period, e.source, e.speaks_of FROM public_edition e
    WHERE left(e.period, 4)::int = of_year AND e.source <> 'simulated';
    INSERT INTO closed_change SELECT of_year, number, c.indicator, c.country, c.source, c.simulated, c.statistic, c.from_period, c.to_period,
        c.method_version, c.kind, c.why, c.value_from, c.value_to, c.low, c.high, c.n_common
    FROM indicator_change c WHERE left(c.to_period, 4)::int = of_year AND NOT c.simulated;
    INSERT INTO closed_share (year, version, country, technology, operator, part, period, source, retrieved)
    SELECT of_year, number, m.country, m.technology, m.operator, m.part, m.period, m.source, m.retrieved FROM market_now m WHERE m.year = of_year;
    RETURN number;
END
$$;

-- Why a year cannot be closed, in a word: 'early', it is not over (UTC); 'closed' already; 'lifted', the floor; NULL when it can.
CREATE OR REPLACE FUNCTION year_refusal(of_year int) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN (now() AT TIME ZONE 'UTC')::date < make_date(of_year + 1, 1, 1) THEN 'early'
                WHEN EXISTS (SELECT FROM closed_version WHERE year = of_year) THEN 'closed'
                WHEN (SELECT lifted FROM publication_floor) THEN 'lifted' END
$$;

-- Closes a year: 'done', or why not. Also 'stale', when its figures have to be made again first, and 'empty', when there are none.
CREATE OR REPLACE FUNCTION year_close(of_year int, by_whom text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    refusal text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('internetmetre refresh')); -- not while figures are made, nor twice at once
    SELECT coalesce(year_refusal(of_year),
                    CASE WHEN EXISTS (SELECT FROM indicator_dirty WHERE year = of_year) THEN 'stale'
                         WHEN NOT EXISTS (SELECT FROM indicator_value WHERE left(period, 4)::int = of_year AND NOT simulated) THEN 'empty' END) INTO refusal;
    IF refusal IS NULL THEN
        PERFORM closed_store(of_year, by_whom, '{}', 0);
    END IF;
    RETURN coalesce(refusal, 'done');
END
$$;

-- Takes the list of years to make again. Why it names a closed one is kept for its next version.
CREATE OR REPLACE FUNCTION years_take() RETURNS SETOF int
LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM indicator_dirty RETURNING year, why
    ), due AS (
        INSERT INTO closed_due SELECT t.year, t.why FROM taken t WHERE t.year IN (SELECT c.year FROM closed_version c)
        ON CONFLICT DO NOTHING
    )
    SELECT DISTINCT year FROM taken ORDER BY year
$$;

-- Makes the next version of each closed year whose figures have changed, but none sooner than `patience` after the last that the
-- collector made: what trickles in is gathered. While the floor is lifted the years wait. To be called when all figures are
-- made, in the same transaction.
CREATE OR REPLACE FUNCTION closed_follow(patience interval) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    due     record;
    changed int;
BEGIN
    FOR due IN
        SELECT d.year, array_agg(d.why ORDER BY d.why) AS why FROM closed_due d
        WHERE NOT (SELECT lifted FROM publication_floor) AND NOT EXISTS (
            SELECT FROM closed_version c WHERE c.year = d.year AND c.version > 1 AND c.made_at > now() - patience)
        GROUP BY d.year
    LOOP
        SELECT count(*) INTO changed FROM closed_changes(due.year, (SELECT max(version) FROM closed_version WHERE year = due.year), 0);
        IF changed > 0 THEN
            PERFORM closed_store(due.year, NULL, due.why, changed);
        END IF;
        DELETE FROM closed_due WHERE year = due.year;
    END LOOP;
END
$$;

-- Figures of other sources that come, go or change, in a closed year.
CREATE OR REPLACE FUNCTION closed_imported() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM years_stale('imported', array_agg(left(f.period, 4)::int)) FROM figures f
    WHERE NOT f.computed AND left(f.period, 4)::int IN (SELECT year FROM closed_version);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER closed_added AFTER INSERT ON indicator_value REFERENCING NEW TABLE AS figures
    FOR EACH STATEMENT EXECUTE FUNCTION closed_imported();
CREATE OR REPLACE TRIGGER closed_changed AFTER UPDATE ON indicator_value REFERENCING NEW TABLE AS figures
    FOR EACH STATEMENT EXECUTE FUNCTION closed_imported();
CREATE OR REPLACE TRIGGER closed_removed AFTER DELETE ON indicator_value REFERENCING OLD TABLE AS figures
    FOR EACH STATEMENT EXECUTE FUNCTION closed_imported();

REVOKE EXECUTE ON FUNCTION closed_store, year_refusal, year_close, years_take, closed_follow, closed_imported FROM PUBLIC;
