BEGIN;
SELECT plan(4);

-- What each role can read, column by column, found by trying: a row a table or view. A new one comes here once somebody has asked
-- what it tells of a single probe, of a member, or of what a member typed.

-- For everybody: aggregates, names that packs or teams know, counts in steps, weeks in the place of days.
CREATE TEMPORARY TABLE everybodys (told text);
INSERT INTO everybodys VALUES
    ('public_change: indicator name_fr name_en country source simulated statistic unit from_period to_period comparable '
     'why kind value_from value_to change low high significant percent n_lines n_cells whole_from whole_to method_version'),
    ('public_check: check_name id metric unit better kind'),
    ('public_department: indicator country source statistic period iso name value floor'),
    ('public_edition: country period source speaks_of missing_fr missing_en'),
    ('public_edns_league: zone country simulated n_probes last_week passed compliant fail_dns fail_edns fail_edns1 '
     'fail_edns512 fail_ednsopt fail_edns1opt fail_do fail_ednsflags fail_optlist fail_edns512tcp'),
    ('public_event: country date geo place kind title_fr title_en source source_url retrieved note'),
    ('public_goal: country indicator name_fr name_en unit statistic technology compared wanted by_year since source_fr source_en source_url '
     'age_group'),
    ('public_indicator: indicator name_fr name_en period statistic country geo operator technology family zone sex '
     'age_group plan value unit low high interval_kind n_samples n_days n_probes n_networks floor kind status better '
     'source simulated method method_version source_url retrieved note stored_at lines rank_low rank_high speaks_of as_of '
     'change_from change change_low change_high change_why n_failed n_silent '
     'version edition latest year computed target_set interval_why interval_lines item visa admitted'),
    ('public_indicator_day: indicator country source day value low high n_probes n_networks unit'),
    ('public_indicator_version: indicator name_fr name_en period statistic country geo operator technology family zone sex '
     'age_group plan value unit low high interval_kind n_samples n_days n_probes n_networks floor kind status better '
     'source simulated method method_version source_url retrieved note stored_at lines rank_low rank_high speaks_of as_of '
     'change_from change change_low change_high change_why n_failed n_silent '
     'version edition latest year computed target_set interval_why interval_lines item visa admitted'),
    ('public_national: indicator country source statistic period value low high interval_kind n_samples n_days '
     'n_probes floor simulated source_url retrieved method_version kind lines speaks_of n_failed n_silent version target_set '
     'interval_why interval_lines'),
    ('public_national_latest: indicator country source statistic period value low high interval_kind n_samples '
     'n_days n_probes floor simulated source_url retrieved method_version kind lines speaks_of n_failed n_silent version target_set '
     'interval_why interval_lines'),
    ('public_operator: indicator country source statistic period operator value low high better rank_low rank_high '
     'tie floor'),
    ('public_operator_name: country name'),
    ('public_peer_edition: country year chapter title version simulated licence licence_url retrieved'),
    ('public_peer_figure: indicator name_fr name_en period statistic country geo operator technology family zone sex '
     'age_group plan item value unit low high interval_kind interval_why interval_lines rank_low rank_high change_from change '
     'change_low change_high change_why n_samples n_failed n_days n_probes n_networks n_silent floor speaks_of kind status better '
     'source simulated method method_version target_set source_url retrieved as_of note visa admitted version edition'),
    ('public_plan: country operator plan name technology segment price currency volume_gb validity_days down_mbps up_mbps '
     'throttled_mbps valid_from source source_url retrieved lines'),
    ('public_simulation: simulated'),
    ('public_probe: probe country department operator technology source simulated last_week'),
    ('public_series: day check_name metric unit source simulated n_samples n_probes n_networks p10 p50 p90 country department '
     'operator technology zone target_kind target alike scope'),
    ('public_target: target kind country'),
    ('public_target_set: country version since scope targets lacking'),
    ('public_version: year version made_at changed why latest'),
    ('public_volume: country year simulated n_probes tests kept bytes'),
    ('public_weighted: indicator name_fr name_en period country technology statistic value unweighted unit n_operators n_eff covered '
     'without_share without_figure share_technology share_period share_source share_retrieved source simulated method_version');
CREATE TEMPORARY TABLE readers (told text);
INSERT INTO readers VALUES
    ('check_kind: check_no name'),
    ('data_version: only_row version mark'),
    ('department: iso country name'),
    ('metric: metric_no check_no position name unit better kind'),
    ('outcome: outcome_no word');
-- Results as the probes sent them, and where the probes stand: not who vouched for them, nor from which networks they pushed.
CREATE TEMPORARY TABLE analysts (told text);
INSERT INTO analysts VALUES
    ('batch_key: probe_no hash batch_no chain seq prev received_at sealed_at mono_us boot sync agent results gap'),
    ('chain: probe_no chain top top_hash forked_at'),
    ('check_kind: check_no name'),
    ('closed_day: year version indicator country source day value low high n_probes n_networks'),
    ('closed_figure: year version indicator period statistic country geo operator technology family zone sex age_group plan '
     'source simulated computed value unit low high interval_kind n_samples n_days n_probes n_networks floor method '
     'method_version source_url retrieved note stored_at lines rank_low rank_high as_of n_failed n_silent target_set '
     'interval_why interval_lines run item visa admitted'),
    ('closed_indicator: year version indicator name_fr name_en unit better status nature kind method_version definition_fr '
     'definition_en target_set decimals'),
    ('day_bucket: day probe_no check_name metric unit kind target_no af ok bucket n'),
    ('day_metric: day probe_no check_name metric unit kind target_no af n sum min max'),
    ('hour_bucket: hour probe_no check_name metric unit kind target_no af ok bucket n'),
    ('hour_count: hour probe_no check_name metric unit target_no af ok n sum'),
    ('hour_outcome: hour probe_no check_name target_no af outcome n'),
    ('day_number: day probe_no check_name metric target_no af ok buckets counts failed'),
    ('day_packet: day probe_no check_name target_no af tried unnamed counted sent rcvd believed'),
    ('day_question: day probe_no target_no af tried good'),
    ('declared_tariff: country operator technology tariff n_probes plan name price currency volume_gb validity_days promotion valid_from source '
     'retrieved'), -- what members typed, for analysts alone, who have it in probe_context
    ('economy: country series period value currency source source_url retrieved note run'),
    ('market_part: country technology operator period share subscriptions source source_url retrieved note run'),
    ('plan_price: country operator plan technology name segment price currency volume_gb validity_days down_mbps up_mbps throttled_mbps promotion '
     'valid_from valid_to source source_url retrieved note run'),
    ('day_watch: day probe_no tests watched_us down_us cuts'),
    ('delegation_diversity: day probe target target_country source simulated addresses4 addresses6 prefixes4 '
     'prefixes6 origins unknown asns'),
    ('delegation_server: at batch_no probe_no target_no ordinal name addr'),
    ('edns_server: day batch_no probe_no target_no ordinal addr passed'),
    ('country: iso timezone cctld survey_visa'),
    ('department: iso country name'),
    ('focal_point: focal_point_no name'),
    ('fork: probe_no chain seq batches first_received last_received'),
    ('hole: probe_no chain first last'),
    ('indicator: indicator name_fr name_en unit better status nature kind method_version definition_fr definition_en '
     'target_set decimals'),
    ('indicator_day: indicator country source day value low high n_probes n_networks'),
    ('indicator_value: indicator period statistic country geo operator technology family zone sex age_group plan '
     'source simulated computed value unit low high interval_kind n_samples n_days n_probes n_networks floor method '
     'method_version source_url retrieved note stored_at lines rank_low rank_high as_of n_failed n_silent target_set '
     'interval_why interval_lines run item visa admitted'),
    ('known_operator: operator_no known_no country name'),
    ('line_epoch: probe boot from_mono_us to_mono_us from_at to_at link operators'),
    ('metric: metric_no check_no position name unit better kind'),
    ('operator: operator_no country name asns state merged_into'),
    ('other_bucket: day probe_no check_name metric unit kind target_no af ok bucket n'),
    ('other_metric: day probe_no check_name metric unit kind target_no af n sum min max'),
    ('outcome: outcome_no word'),
    ('prefix_origin: prefix asn source as_set retrieved run'),
    ('probe: probe_no probe source simulated enrolled_at revoked_at forgotten_at replaced_by confirmed_at'),
    ('probe_context: probe_no valid_from valid_to country department commune zone operator_no technology '
     'focal_point_no tariff metered consent_version site'),
    ('result: at batch_no probe_no target_no task_no bytes check_no ordinal af outcome addr metrics exact'),
    ('result_problem: batch_no probe_no ordinal reason detail'),
    ('rollup_cell_day: day cell_no check_no position scope kind target_no probes samples medians'),
    ('rollup_line: day probe_no cell_no'),
    ('rollup_day: day probe_no check_no target_no af source simulated ok partial timeout refused unreachable reset '
     'dns_error tls_error protocol_error blocked denied skipped error measured bytes n sum min max'),
    ('rollup_day_sketch: day probe_no check_no target_no af position ok buckets counts'),
    ('rollup_other: day probe_no check_no target_no af source simulated ok partial timeout refused unreachable reset '
     'dns_error tls_error protocol_error blocked denied skipped error measured bytes n sum min max'),
    ('rollup_other_sketch: day probe_no check_no target_no af position ok buckets counts'),
    ('route_share: country operator family announced valid invalid not_found percent_valid space percent_space_valid'),
    ('route_validity: country operator family prefix origin state'),
    ('target: target_no name kind country ours'),
    ('task: task_no name'),
    ('vrp: prefix max_length asn run');

CREATE FUNCTION pg_temp.readable(role text) RETURNS TABLE (told text) LANGUAGE plpgsql AS $$
DECLARE
    c     record;
    names text;
BEGIN
    FOR c IN SELECT oid::regclass AS name, oid FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition
               AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e') -- pgTAP's own
               AND (role = 'reader' OR relname NOT IN (SELECT k.name FROM check_kind k)) -- the registry's: a result each
             ORDER BY relname COLLATE "C" LOOP
        names := pg_temp.columns(role, c.oid);
        told := c.name || ': ' || names;
        CONTINUE WHEN names IS NULL;
        RETURN NEXT;
    END LOOP;
END
$$;
CREATE FUNCTION pg_temp.columns(role text, of_relation oid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    a    record;
    good text[] := '{}';
BEGIN
    FOR a IN SELECT attname FROM pg_attribute WHERE attrelid = of_relation AND attnum > 0 AND NOT attisdropped ORDER BY attnum LOOP
        BEGIN
            EXECUTE format('SET LOCAL ROLE internetmetre_%s', role);
            EXECUTE format('SELECT %I FROM %s LIMIT 0', a.attname, of_relation::regclass);
            good := good || a.attname::text;
        EXCEPTION WHEN insufficient_privilege THEN
            NULL;
        END;
        RESET ROLE;
    END LOOP;
    RETURN CASE WHEN good <> '{}' THEN array_to_string(good, ' ') END;
END
$$;

SELECT set_eq($$SELECT * FROM pg_temp.readable('reader')$$, 'TABLE everybodys UNION TABLE readers', 'what readers can read');
SELECT set_eq($$SELECT * FROM pg_temp.readable('analyst')$$, 'TABLE everybodys UNION TABLE analysts', 'what analysts can read');
CREATE FUNCTION pg_temp.callable(role text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p, aclexplode(p.proacl) a
    WHERE p.pronamespace = 'public'::regnamespace AND a.grantee = ('internetmetre_' || role)::regrole
$$;
-- What it answers are the columns of public_series, which is made of it.
SELECT is(pg_temp.callable('reader'), 'public_series_of', 'readers call no function of the owner''s but that of a public view');
SELECT is(pg_temp.callable('analyst'), 'hour_first public_series_of series_hour series_hour_day series_place watch_rate',
          'analysts that one, and those of series that are made for them');
SELECT * FROM finish();
ROLLBACK;
