BEGIN;
SELECT plan(14);

-- What would be done at COMMIT is done at once: what a statement raises, it raises alone.
SET CONSTRAINTS ALL IMMEDIATE;
CREATE TEMP TABLE seen AS SELECT version FROM data_version;
CREATE FUNCTION pg_temp.raised() RETURNS bigint LANGUAGE sql AS $$
    WITH now AS (SELECT version FROM data_version), before AS (SELECT version FROM seen)
    SELECT (SELECT version FROM now) - (SELECT version FROM before)
$$;
CREATE FUNCTION pg_temp.raises(what text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    UPDATE seen SET version = (SELECT version FROM data_version);
    EXECUTE what;
    RETURN pg_temp.raised();
END $$;

INSERT INTO probe (probe) VALUES ('aaaaaaaaaaaaaaaaaaaa');
SELECT is(pg_temp.raises($$INSERT INTO indicator_day VALUES ('PER1', 'BJ', 'measured', '2026-01-01', 1, 0, 2, 5, 5)$$), 1::bigint,
          'a day of a figure');
SELECT is(pg_temp.raises($$DELETE FROM indicator_day$$), 1::bigint, 'a day that is gone');
SELECT is(pg_temp.raises($$INSERT INTO indicator_value (indicator, period, statistic, country, source, computed, value, unit,
                                                        retrieved)
                           VALUES ('PER1', '2026', 'p50', 'BJ', 'measured', true, 1, 'ms', '2026-01-01')$$), 1::bigint, 'a figure');
SELECT is(pg_temp.raises($$TRUNCATE indicator_value$$), 1::bigint, 'all figures gone');
SELECT is(pg_temp.raises($$INSERT INTO closed_version VALUES (2021, 1, now(), 'Aïcha', '{}', 0)$$), 1::bigint, 'a year that is closed');
SELECT is(pg_temp.raises($$UPDATE probe SET revoked_at = now()$$), 1::bigint, 'a probe that is revoked');
SELECT is(pg_temp.raises($$UPDATE probe SET turn = turn$$), 0::bigint, 'not one that only speaks');
SELECT is(pg_temp.raises($$INSERT INTO target (name) VALUES ('version.example')$$), 0::bigint, 'nor a target');
SELECT is(pg_temp.raises($$UPDATE department SET name = name || '!'$$), 1::bigint, 'a department''s name');

CREATE TEMP TABLE marked AS SELECT mark FROM data_version;
UPDATE department SET name = name || '?';
SELECT ok(NOT EXISTS (SELECT FROM marked JOIN data_version USING (mark)), 'and each version has a mark of its own');

SET CONSTRAINTS ALL DEFERRED;
SELECT is(pg_temp.raises($$UPDATE department SET name = name || '!'; UPDATE probe SET simulated = true$$), 0::bigint,
          'a transaction waits for its end');
SET CONSTRAINTS ALL IMMEDIATE;
SELECT is(pg_temp.raised(), 1::bigint, 'and raises once, whatever it did');
SELECT is((SELECT count(*) FROM data_change), 0::bigint, 'nothing is left of it');
SELECT ok(has_table_privilege('internetmetre_reader', 'data_version', 'SELECT')
          AND NOT has_table_privilege('internetmetre_reader', 'data_version', 'UPDATE'), 'the reader reads it');
SELECT * FROM finish();
ROLLBACK;
