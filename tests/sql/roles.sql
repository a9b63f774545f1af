BEGIN;
SELECT plan(11);

-- What runs as the owner is for those alone to whom its file gives it.
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                  WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND a.grantee = 0$$,
                'no function that runs as the owner is everybody''s');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
                  AND NOT 'search_path=public, pg_temp' = ANY (coalesce(p.proconfig, '{}'))$$,
                'each of them looks in this schema first, and in nobody''s temporary one before');
SELECT is((SELECT string_agg(DISTINCT table_name::text, ' ' ORDER BY table_name::text)
           FROM information_schema.role_table_grants WHERE grantee = 'internetmetre_reader'),
          'check_kind data_version department metric outcome public_change public_check public_department '
          'public_edition public_edns_league public_event public_goal public_indicator public_indicator_day public_indicator_version public_national '
          'public_national_latest public_operator public_operator_name public_peer_edition public_peer_figure public_plan public_probe public_series public_simulation public_target public_target_set public_version public_volume public_weighted',
          'readers see public views, and the names in them');
SELECT is((SELECT string_agg(table_name || ' ' || rights, '; ' ORDER BY table_name) FROM (
              SELECT table_name::text, string_agg(privilege_type, '+' ORDER BY privilege_type) AS rights
              FROM information_schema.role_table_grants WHERE grantee = 'internetmetre_ingest' GROUP BY table_name) g),
          'api_key SELECT; batch_body INSERT; batch_key INSERT+SELECT; chain SELECT; delegation_server INSERT; '
          'department SELECT; edns_server INSERT; hole SELECT; probe SELECT; probe_key SELECT; probe_owner SELECT; result INSERT; '
          'result_problem INSERT+SELECT; rollup_dirty INSERT; rollup_late SELECT; target SELECT; task INSERT+SELECT',
          'ingest stores what comes, and enrols through functions');
SELECT is((SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p, aclexplode(p.proacl) a
           WHERE p.pronamespace = 'public'::regnamespace AND a.grantee = 'internetmetre_ingest'::regrole),
          'context_tell epoch_note host_tell ledger_note partition_make probe_forget probe_leave probe_make '
          'probe_replace probe_replaceable probe_turn series_network token_use', 'these');
SELECT is_empty($$SELECT DISTINCT table_name FROM information_schema.role_table_grants
                  WHERE grantee IN ('internetmetre_reader', 'internetmetre_analyst')
                    AND (privilege_type <> 'SELECT' OR table_name IN ('probe_contact', 'probe_owner', 'probe_network', 'told_cell', 'told_day', 'told_line', 'told_change', 'series_line', 'series_block', 'series_block_scope', 'series_point', 'token', 'api_key'))$$,
                'neither readers nor analysts write, or see a contact, a network, a hash, or what was told of whom');

CREATE TABLE told (word text);
SELECT allow('SELECT ON told', 'reader', 'ingest') \g /dev/null
SELECT ok(has_table_privilege('internetmetre_reader', 'told', 'SELECT')
          AND has_table_privilege('internetmetre_ingest', 'told', 'SELECT')
          AND NOT has_table_privilege('internetmetre_analyst', 'told', 'SELECT'), 'allow grants to those it names');
SELECT throws_ok($$SELECT allow('SELECT ON told', 'everybody')$$, 'there is no role everybody', 'and knows them');
SELECT throws_ok($$SELECT allow('SELECT ON told', 'analyst', 'Reader')$$, 'there is no role Reader', 'by their very names');

-- A condition that tells what it is asked about, and costs so little that the planner would ask it first.
SELECT is_empty($$SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
                  AND has_table_privilege('internetmetre_reader', oid, 'SELECT')
                  AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e') -- pgTAP's own
                  AND NOT 'security_barrier=true' = ANY (coalesce(reloptions, '{}'))$$, 'no reader looks behind a view');
INSERT INTO operator (country, name) VALUES ('BJ', 'Chez Tata Secret');
CREATE TABLE overheard (name text);
GRANT INSERT ON overheard TO internetmetre_reader;
SET ROLE internetmetre_reader;
CREATE FUNCTION pg_temp.tell(name text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$
    BEGIN INSERT INTO overheard VALUES (name); RETURN true; END $$;
SELECT count(*) FROM public_operator_name WHERE pg_temp.tell(name) \g /dev/null
RESET ROLE;
SELECT ok(bool_and(name <> 'Chez Tata Secret') AND count(*) > 3, 'nor overhears what it leaves out') FROM overheard;
SELECT * FROM finish();
ROLLBACK;
