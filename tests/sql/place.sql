-- What is known of a probe's networks, of the collector and of the probe itself: tried through every table, view and function as each
-- role, and looked for once more when the probe is forgotten.
BEGIN;
SELECT plan(5);

INSERT INTO probe (probe, confirmed_at, confirmed_by) VALUES ('aaaaaaaaaaaaaaaaaaaa', now(), 'Aïcha');
CREATE FUNCTION pg_temp.no() RETURNS int LANGUAGE sql AS $$ SELECT probe_no FROM probe WHERE probe = 'aaaaaaaaaaaaaaaaaaaa' $$;
INSERT INTO probe_network VALUES ('2026-01-01', pg_temp.no(), '198.51.77.0/24', 1);
INSERT INTO epoch (probe_no, boot, link, net, mono) VALUES (pg_temp.no(), 'b', 'wifi', '198.51.77.0/24', '{[0,9)}');
INSERT INTO boot (probe_no, boot, offset_us, batch_no) VALUES (pg_temp.no(), 'b', 0, 1);

-- An argument of a function that may find something.
CREATE FUNCTION pg_temp.given(type text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN type IN ('integer', 'bigint', 'smallint') THEN pg_temp.no()::text WHEN type = 'date' THEN '''2026-01-01'''
                WHEN type = 'timestamp with time zone' THEN '''2026-01-02''' WHEN type = 'text' THEN '''aaaaaaaaaaaaaaaaaaaa'''
                WHEN type IN ('json', 'jsonb') THEN '''[]''' WHEN type = 'boolean' THEN 'true' ELSE 'NULL' END || '::' || type
$$;
-- All that can be read from: tables, views, and calls of functions.
CREATE VIEW pg_temp.source AS
SELECT c.relname::text AS name, format('%I', c.relname) AS call FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
UNION ALL
SELECT p.proname::text, format('%I(%s)', p.proname, (SELECT string_agg(pg_temp.given(format_type(a.type, NULL)), ', ' ORDER BY a.n)
                                                     FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, n)))
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
  AND p.oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e');

-- Where the role finds the network. Whatever a call did is undone.
CREATE FUNCTION pg_temp.found(role text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    s    record;
    rows text;
BEGIN
    FOR s IN SELECT name, call FROM pg_temp.source ORDER BY call LOOP
        BEGIN
            EXECUTE format('SET LOCAL ROLE %I', role);
            EXECUTE format('SELECT string_agg(r::text, '' '') FROM %s AS r', s.call) INTO rows;
            RAISE EXCEPTION USING errcode = 'UNDO1', message = coalesce(rows, '');
        EXCEPTION WHEN OTHERS THEN
            rows := CASE WHEN SQLSTATE = 'UNDO1' THEN SQLERRM END;
        END;
        RESET ROLE;
        IF rows LIKE '%198.51.77.%' THEN
            RETURN NEXT s.name;
        END IF;
    END LOOP;
END
$$;
SELECT set_eq(format('SELECT * FROM pg_temp.found(%L)', current_user), '{probe_network,probe_standing,epoch,line_network}'::text[],
              'the owner finds it: what follows can fail');
SELECT is_empty(format('SELECT * FROM pg_temp.found(%L)', 'internetmetre_' || role), role || ' finds it nowhere')
FROM unnest('{reader,analyst,ingest}'::text[]) AS role;
SELECT probe_forget('aaaaaaaaaaaaaaaaaaaa') \g /dev/null
SELECT is_empty(format('SELECT * FROM pg_temp.found(%L)', current_user), 'nobody finds it of a probe that was forgotten');
SELECT * FROM finish();
ROLLBACK;
