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

DO $$
DECLARE
    check_name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'internetmetre_reader') THEN
        RETURN;
    END IF;
    GRANT SELECT ON department, operator, focal_point, token, api_key, probe, probe_key, probe_context, check_kind, metric, outcome,
        target, task, batch_key, batch_body, result, result_problem, rollup_dirty TO internetmetre_ingest;
    GRANT INSERT ON operator, probe, probe_key, probe_contact, probe_context, target, task, batch_key, batch_body, result,
        result_problem, delegation_server, rollup_dirty TO internetmetre_ingest;
    GRANT UPDATE ON token, probe_context, probe_contact TO internetmetre_ingest;
    GRANT SELECT ON probe_contact TO internetmetre_ingest;
    GRANT SELECT, INSERT, UPDATE ON probe_owner TO internetmetre_ingest;
    GRANT SELECT ON tombstone, chain, chain_hole, chain_gap, hole, boot TO internetmetre_ingest;
    GRANT EXECUTE ON FUNCTION partition_make, ledger_note, epoch_note, probe_forget, probe_leave, probe_replace, probe_turn TO internetmetre_ingest;

    GRANT SELECT ON department, operator, focal_point, probe, probe_context, check_kind, metric, outcome, target, task,
        result, result_problem, batch_key, chain, hole, fork, line_epoch,
        prefix_origin, delegation_server, delegation_diversity TO internetmetre_analyst;
    FOR check_name IN SELECT name FROM check_kind LOOP
        EXECUTE format('GRANT SELECT ON %I TO internetmetre_analyst', check_name);
    END LOOP;
    GRANT SELECT ON department, operator, check_kind, metric, outcome, target TO internetmetre_reader;
END $$;
