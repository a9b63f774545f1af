-- Files that somebody imports: each is a run, which can be taken back as long as no later one stands on it.

-- The tables that they fill: each has a column `run`, empty in what is not imported.
CREATE OR REPLACE FUNCTION import_tables() RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$ SELECT '{peer_figure,peer_edition,indicator_value,prefix_origin,carrier_nat,vrp,framework_comment,plan_price,economy,market_part,event}'::text[] $$;

-- One at a time, to the end of the transaction.
CREATE OR REPLACE FUNCTION import_lock() RETURNS void
LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(hashtext('internetmetre import')) $$;

-- The number of a new run.
CREATE OR REPLACE FUNCTION import_begin(of_kind text, is_whole boolean, of_file text, of_sha256 text, of_octets bigint, of_lines bigint,
                                        by text) RETURNS int
LANGUAGE sql AS $$
    INSERT INTO import_run (run, kind, whole, file, sha256, octets, lines, by_whom)
    SELECT 1 + coalesce(max(run), 0), of_kind, is_whole, of_file, of_sha256, of_octets, of_lines, by FROM import_run
    RETURNING run
$$;

-- ---- what a run replaces ----

CREATE OR REPLACE FUNCTION import_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO import_replaced VALUES (NEW.run, TG_TABLE_NAME, OLD.run, to_jsonb(OLD));
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER import_keep BEFORE UPDATE ON indicator_value
    FOR EACH ROW WHEN (NEW.run IS DISTINCT FROM OLD.run) EXECUTE FUNCTION import_keep();

-- Of a publisher's own series, in import_figure: a year without a value takes away what an earlier file said of it, unless that is of
-- a later day. Returns how many went.
CREATE OR REPLACE FUNCTION import_withdraw(of_run int) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    went bigint;
BEGIN
    WITH gone AS (
        DELETE FROM indicator_value v USING import_figure i
        WHERE i.value IS NULL AND NOT v.computed AND v.statistic = 'value'
          AND (v.indicator, v.period, v.country, v.source) = (i.indicator, i.period, i.country, i.source)
          AND (v.geo, v.operator, v.technology, v.zone, v.sex, v.age_group, v.plan, v.item)
              IS NOT DISTINCT FROM (i.geo, i.operator, i.technology, i.zone, i.sex, i.age_group, i.plan, i.item)
          AND v.retrieved <= i.retrieved
        RETURNING v.*
    )
    INSERT INTO import_replaced SELECT of_run, 'indicator_value', g.run, to_jsonb(g) FROM gone g;
    GET DIAGNOSTICS went = ROW_COUNT;
    DELETE FROM import_figure WHERE value IS NULL;
    RETURN went;
END
$$;

-- The origins of a pfx2as file, in import_origin, take the place of those that such files brought of the same families. What stays
-- is left alone, and is of the run that brought it first.
CREATE OR REPLACE FUNCTION import_origins(of_run int, families int[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    WITH gone AS (
        DELETE FROM prefix_origin o
        WHERE o.source = 'pfx2as' AND family(o.prefix) = ANY (families)
          AND NOT EXISTS (SELECT FROM import_origin i WHERE (i.prefix, i.asn, i.as_set) = (o.prefix, o.asn, o.as_set))
        RETURNING o.*
    )
    INSERT INTO import_replaced SELECT of_run, 'prefix_origin', g.run, to_jsonb(g) FROM gone g;
    INSERT INTO prefix_origin (prefix, asn, source, as_set, run)
    SELECT DISTINCT i.prefix, i.asn, 'pfx2as', i.as_set, of_run FROM import_origin i
    WHERE NOT EXISTS (SELECT FROM prefix_origin o
                      WHERE o.source = 'pfx2as' AND (i.prefix, i.asn, i.as_set) = (o.prefix, o.asn, o.as_set));
    UPDATE import_run SET sources = ARRAY(SELECT 'pfx2as IPv' || f FROM unnest(families) f ORDER BY f) WHERE run = of_run;
END
$$;

-- The same of validated ROA payloads, in import_vrp.
CREATE OR REPLACE FUNCTION import_vrps(of_run int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    WITH gone AS (
        DELETE FROM vrp v
        WHERE NOT EXISTS (SELECT FROM import_vrp i WHERE (i.prefix, i.max_length, i.asn) = (v.prefix, v.max_length, v.asn))
        RETURNING v.*
    )
    INSERT INTO import_replaced SELECT of_run, 'vrp', g.run, to_jsonb(g) FROM gone g;
    INSERT INTO vrp (prefix, max_length, asn, run) SELECT DISTINCT i.prefix, i.max_length, i.asn, of_run FROM import_vrp i
    ON CONFLICT DO NOTHING;
    UPDATE import_run SET sources = '{vrp}' WHERE run = of_run;
END
$$;

-- The same of prefixes behind carrier NAT.
CREATE OR REPLACE FUNCTION import_carriers(of_run int, prefixes cidr[]) RETURNS void
LANGUAGE sql AS $$
    WITH gone AS (
        DELETE FROM carrier_nat c WHERE c.source = 'import' AND c.prefix <> ALL (prefixes) RETURNING c.*
    )
    INSERT INTO import_replaced SELECT of_run, 'carrier_nat', g.run, to_jsonb(g) FROM gone g;
    INSERT INTO carrier_nat (prefix, source, run) SELECT p, 'import', of_run FROM unnest(prefixes) p ON CONFLICT DO NOTHING;
    UPDATE import_run SET sources = '{carrier-nat}' WHERE run = of_run;
$$;

-- ---- taking back ----

-- The later runs that stand on one: they replaced something of it, or its list.
CREATE OR REPLACE FUNCTION import_later(of_run int) RETURNS int[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(l.run ORDER BY l.run)
    FROM import_run r
    JOIN import_run l ON l.run > r.run AND l.undone_at IS NULL
     AND (r.whole AND l.kind = r.kind AND l.sources && r.sources
          OR EXISTS (SELECT FROM import_replaced p WHERE p.run = l.run AND p.earlier = r.run))
    WHERE r.run = of_run
$$;

-- The run that brought this very file, and still stands as it came.
CREATE OR REPLACE FUNCTION import_same(of_kind text, of_sha256 text) RETURNS int
LANGUAGE sql STABLE AS $$
    SELECT max(run) FROM import_run
    WHERE kind = of_kind AND sha256 = of_sha256 AND undone_at IS NULL AND import_later(run) IS NULL
$$;

-- Takes a run back, as if it had never been: 'done'; or says why not: 'none', there is no such run, 'undone' already, 'later', another
-- stands on it, which is to be taken back first, 'kept', comments of a consultation that have answers, or are of an adopted edition.
CREATE OR REPLACE FUNCTION import_undo(of_run int, by text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    taken import_run;
    part  text;
    kept  text;
BEGIN
    PERFORM import_lock();
    SELECT * INTO taken FROM import_run WHERE run = of_run;
    -- Nobody answers one of its comments, or adopts their edition, meanwhile.
    PERFORM framework_refusal(f.no) FROM (SELECT DISTINCT framework_no AS no FROM framework_comment WHERE run = of_run ORDER BY 1) f;
    IF taken.run IS NULL THEN
        RETURN 'none';
    ELSIF taken.undone_at IS NOT NULL THEN
        RETURN 'undone';
    ELSIF EXISTS (SELECT FROM framework_comment c JOIN framework w USING (framework_no)
                  WHERE c.run = of_run AND (c.answer IS NOT NULL OR w.adopted_at IS NOT NULL)) THEN
        RETURN 'kept';
    ELSIF import_later(of_run) IS NOT NULL THEN
        RETURN 'later';
    END IF;
    FOREACH part IN ARRAY import_tables() LOOP
        EXECUTE format('DELETE FROM %I WHERE run = $1', part) USING of_run;
        -- Columns that came since have their defaults.
        FOR kept IN SELECT DISTINCT (SELECT string_agg(quote_ident(k), ', ' ORDER BY k) FROM jsonb_object_keys(r.was) k)
                    FROM import_replaced r WHERE (r.run, r.home) = (of_run, part) LOOP
            EXECUTE format('INSERT INTO %1$I (%2$s) SELECT %3$s FROM import_replaced r, jsonb_populate_record(NULL::%1$I, r.was) was
                            WHERE r.run = $1 AND r.home = $2 AND $3 = (SELECT string_agg(quote_ident(k), '', '' ORDER BY k)
                                                                       FROM jsonb_object_keys(r.was) k)',
                           part, kept, 'was.' || replace(kept, ', ', ', was.')) USING of_run, part, kept;
        END LOOP;
    END LOOP;
    DELETE FROM import_replaced WHERE run = of_run;
    UPDATE import_run SET undone_at = now(), undone_by = by WHERE run = of_run;
    RETURN 'done';
END
$$;

-- ---- surveys without a visa ----

-- May reports use a figure that comes? A survey has the visa that its country asks for.
CREATE OR REPLACE FUNCTION survey_admitted(of_country text, samples bigint, visa text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT samples IS NULL OR visa IS NOT NULL OR NOT EXISTS (SELECT FROM country k WHERE k.iso = of_country AND k.survey_visa IS NOT NULL)
$$;

-- Lets the surveys of a run into reports that lack the visa, also those in whose place a later one stands; of a closed year, from its
-- next version on: 'done'; or says why not: 'none', there is no such run, 'undone', 'known', it was let in already, 'needless',
-- nothing of it lacks one. What came before runs were kept has to be imported once more, to be of one.
CREATE OR REPLACE FUNCTION import_admit(of_run int, by text, because text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    one import_run;
BEGIN
    PERFORM import_lock();
    SELECT * INTO one FROM import_run WHERE run = of_run;
    IF one.run IS NULL THEN
        RETURN 'none';
    ELSIF one.undone_at IS NOT NULL THEN
        RETURN 'undone';
    ELSIF one.admitted_at IS NOT NULL THEN
        RETURN 'known';
    END IF;
    UPDATE indicator_value SET admitted = true WHERE run = of_run AND NOT admitted;
    IF NOT FOUND THEN
        RETURN 'needless';
    END IF;
    UPDATE import_replaced SET was = was || '{"admitted": true}' WHERE earlier = of_run AND home = 'indicator_value';
    UPDATE import_run SET admitted_at = now(), admitted_by = by, admitted_why = because WHERE run = of_run;
    RETURN 'done';
END
$$;

-- Takes all runs of a kind back that stand, and what came before runs were kept.
CREATE OR REPLACE FUNCTION import_carriers_undo(by text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM import_lock();
    PERFORM import_undo(r.run, by) FROM (SELECT run FROM import_run WHERE kind = 'carrier-nat' AND undone_at IS NULL
                                         ORDER BY run DESC) r;
    PERFORM carrier_nat_import('{}');
END
$$;
REVOKE EXECUTE ON FUNCTION import_tables, import_lock, import_begin, import_keep, import_withdraw, import_origins, import_vrps, import_carriers, import_later,
    import_same, import_undo, survey_admitted, import_admit, import_carriers_undo FROM PUBLIC;
