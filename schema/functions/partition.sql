-- Makes the partition of result or batch_body for the month that holds `day`, when there is none. ATTACH lets readers and
-- writers go on, which CREATE TABLE … PARTITION OF would not. Runs as the owner, so that the ingest role needs no more
-- than INSERT.
CREATE OR REPLACE FUNCTION partition_make(parent text, day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET client_min_messages = warning AS $$
DECLARE
    month date := date_trunc('month', day)::date;
    child text := format('%s_%s', parent, to_char(day, 'YYYY_MM'));
BEGIN
    IF parent NOT IN ('result', 'batch_body') THEN
        RAISE EXCEPTION '% has no partitions by month', parent;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('partition_make'));
    IF to_regclass(child) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', child, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child,
                   month::text || ' 00:00:00+00', (month + interval '1 month')::date::text || ' 00:00:00+00');
END $$;
REVOKE EXECUTE ON FUNCTION partition_make FROM PUBLIC;
SELECT allow('EXECUTE ON FUNCTION partition_make', 'ingest');
