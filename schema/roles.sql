-- Three roles below the owner: ingest stores what probes send, analyst reads results, reader reads aggregates only.
-- A server whose owner may not make roles works without them.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['internetmetre_ingest', 'internetmetre_analyst', 'internetmetre_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            EXECUTE format('GRANT %I TO CURRENT_USER', role);
        END IF;
    END LOOP;
EXCEPTION WHEN insufficient_privilege OR duplicate_object THEN
    RAISE WARNING 'roles are not made: %', SQLERRM;
END $$;

-- Grants something to some of the roles, where there are any: allow('SELECT ON hole', 'ingest', 'analyst'). Each view and
-- function says in its own file who may use it. A reader's view leaves rows out that are not for readers: it is a barrier, so that
-- no condition of theirs, which could tell what it saw, is asked before the view's own.
CREATE OR REPLACE FUNCTION allow(what text, VARIADIC roles text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    role text;
    view regclass;
BEGIN
    FOREACH role IN ARRAY roles LOOP
        IF role NOT IN ('ingest', 'analyst', 'reader') THEN
            RAISE EXCEPTION 'there is no role %', role;
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'internetmetre_reader') THEN
            EXECUTE format('GRANT %s TO %I', what, 'internetmetre_' || role);
        END IF;
    END LOOP;
    IF 'reader' = ANY (roles) AND what LIKE 'SELECT ON %' THEN
        FOR view IN SELECT c.oid::regclass FROM pg_class c
                    WHERE c.relkind = 'v' AND c.oid = ANY (string_to_array(substr(what, 11), ',')::regclass[]) LOOP
            EXECUTE format('ALTER VIEW %s SET (security_barrier)', view);
        END LOOP;
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION allow FROM PUBLIC;

-- What an earlier version granted and this one does not is taken back: what follows is all that they may do.
DO $$
DECLARE
    granted record;
BEGIN
    FOR granted IN
        SELECT DISTINCT o.kind, o.name, a.grantee::regrole AS role
        FROM (SELECT 'TABLE' AS kind, oid::regclass::text AS name, relacl AS acl, relowner AS owner FROM pg_class
              WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
              UNION ALL
              SELECT 'TABLE', c.oid::regclass::text, a.attacl, c.relowner FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
              WHERE c.relnamespace = 'public'::regnamespace AND a.attacl IS NOT NULL
              UNION ALL
              SELECT 'FUNCTION', oid::regprocedure::text, proacl, proowner FROM pg_proc
              WHERE pronamespace = 'public'::regnamespace) o
        CROSS JOIN aclexplode(o.acl) a
        JOIN pg_roles r ON r.oid = a.grantee
        WHERE r.rolname IN ('internetmetre_ingest', 'internetmetre_analyst', 'internetmetre_reader')
          AND pg_has_role(o.owner, 'MEMBER')
    LOOP
        EXECUTE format('REVOKE ALL ON %s %s FROM %s', granted.kind, granted.name, granted.role);
    END LOOP;
END $$;

-- What each may do with the tables.
SELECT allow('SELECT ON department, probe, probe_key, probe_owner, api_key, target, task, batch_key, result_problem, chain,
    rollup_late', 'ingest');
SELECT allow('INSERT (name) ON target', 'ingest');
SELECT allow('INSERT ON task, batch_key, batch_body, result, result_problem, delegation_server, edns_server, rollup_dirty', 'ingest');
SELECT allow('SELECT ON country, department, operator, focal_point, probe_context, check_kind, metric, outcome, target, task,
    result, result_problem, batch_key, chain, prefix_origin, vrp, delegation_server, edns_server, rollup_day, rollup_day_sketch,
    rollup_other, rollup_other_sketch, rollup_cell_day, rollup_line, indicator, indicator_value, indicator_day', 'analyst');
-- Who vouched for a probe, and by which token it came, is between its team and itself.
SELECT allow('SELECT (probe_no, probe, source, simulated, enrolled_at, confirmed_at, revoked_at, forgotten_at, replaced_by) ON probe',
             'analyst');
SELECT allow('SELECT ON department, check_kind, metric, outcome', 'reader');
