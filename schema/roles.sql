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
-- function says in its own file who may use it.
CREATE OR REPLACE FUNCTION allow(what text, VARIADIC roles text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY roles LOOP
        IF role NOT IN ('ingest', 'analyst', 'reader') THEN
            RAISE EXCEPTION 'there is no role %', role;
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'internetmetre_reader') THEN
            EXECUTE format('GRANT %s TO %I', what, 'internetmetre_' || role);
        END IF;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION allow FROM PUBLIC;

-- What each may do with the tables.
SELECT allow('SELECT ON department, operator, focal_point, token, api_key, probe, probe_key, probe_context, check_kind,
    metric, outcome, target, task, batch_key, batch_body, result, result_problem, rollup_dirty, probe_contact,
    tombstone, chain, chain_hole, chain_gap, boot', 'ingest');
SELECT allow('INSERT ON operator, probe, probe_key, probe_contact, probe_context, target, task, batch_key, batch_body,
    result, result_problem, delegation_server, rollup_dirty', 'ingest');
SELECT allow('UPDATE ON token, probe_context, probe_contact', 'ingest');
SELECT allow('SELECT, INSERT, UPDATE ON probe_owner', 'ingest');
SELECT allow('SELECT ON department, operator, focal_point, probe, probe_context, check_kind, metric, outcome, target, task,
    result, result_problem, batch_key, chain, prefix_origin, delegation_server, rollup_day, rollup_day_sketch, indicator,
    indicator_value, indicator_day', 'analyst');
SELECT allow('SELECT ON department, operator, check_kind, metric, outcome, target', 'reader');
