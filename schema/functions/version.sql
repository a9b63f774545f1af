-- The version of what pages show. A statement that changes any of it notes so, and the last act before COMMIT raises the
-- version: whoever reads it together with the data, in one snapshot, has a pair that belongs together, and nobody waits on its
-- row for longer than another one's commit takes.
CREATE OR REPLACE FUNCTION data_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO data_change VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION data_raise() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE data_version SET version = version + 1, mark = gen_random_uuid();
    DELETE FROM data_change WHERE xid = NEW.xid;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS data_raise ON data_change;
CREATE CONSTRAINT TRIGGER data_raise AFTER INSERT ON data_change DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION data_raise();

-- What the reader's views are made of. A view of other tables has them here. Of a probe that is what it is, not that it speaks.
DO $$
DECLARE
    changed record;
BEGIN
    FOR changed IN VALUES ('indicator', 'UPDATE'), ('indicator_value', 'UPDATE'), ('indicator_day', 'UPDATE'), ('indicator_change', 'UPDATE'),
        ('edition_reach', 'UPDATE'), ('target_member', 'UPDATE'), ('edition_rule', 'UPDATE'), ('market_share', 'UPDATE'), ('closed_version', 'UPDATE'),
        ('rollup_day', 'UPDATE'), ('probe_context', 'UPDATE'), ('department', 'UPDATE'),
        ('operator', 'UPDATE OF name, state, merged_into'), ('probe', 'UPDATE OF revoked_at, confirmed_at, source, simulated') LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER data_note AFTER INSERT OR DELETE OR TRUNCATE OR %s ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION data_note()', changed.column2, changed.column1);
    END LOOP;
END $$;

-- Views that are made again may say something else of the same data.
UPDATE data_version SET version = version + 1, mark = gen_random_uuid();
REVOKE EXECUTE ON FUNCTION data_note, data_raise FROM PUBLIC;
SELECT allow('SELECT ON data_version', 'reader');
