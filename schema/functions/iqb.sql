-- The Internet Quality Barometer (M-Lab's IQB framework): a use case passes a requirement where the measure is above its threshold
-- (throughput) or below it (latency, loss); what it passes, by weight, is its score, and all use cases count alike.

-- As they come with the program: those of the framework, since ever.
CREATE OR REPLACE FUNCTION iqb_seed(requirements text) RETURNS void
LANGUAGE sql AS $$
    -- What is as it was stays untouched, or each migration would have all figures made again.
    WITH wanted AS (
        SELECT (jsonb_populate_record(NULL::iqb_requirement, r)).* FROM tsv_records(requirements) r
    ), gone AS (
        DELETE FROM iqb_requirement q WHERE q.since = 0
          AND NOT EXISTS (SELECT FROM wanted w WHERE (w.since, w.use_case, w.measure) = (q.since, q.use_case, q.measure))
    )
    INSERT INTO iqb_requirement AS q SELECT * FROM wanted
    ON CONFLICT (since, use_case, measure) DO UPDATE SET threshold = excluded.threshold, weight = excluded.weight
    WHERE (q.threshold, q.weight) IS DISTINCT FROM (excluded.threshold, excluded.weight)
$$;

-- Scores of years that it is of are made again.
CREATE OR REPLACE FUNCTION iqb_restand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first int := (SELECT min(since) FROM changed);
BEGIN
    IF first IS NOT NULL THEN
        PERFORM years_stale('method', NULL, make_date(greatest(first, 1), 1, 1));
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION iqb_restand FROM PUBLIC;
CREATE OR REPLACE TRIGGER iqb_more AFTER INSERT ON iqb_requirement REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION iqb_restand();
CREATE OR REPLACE TRIGGER iqb_less AFTER DELETE ON iqb_requirement REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION iqb_restand();
CREATE OR REPLACE TRIGGER iqb_from AFTER UPDATE ON iqb_requirement REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION iqb_restand();
CREATE OR REPLACE TRIGGER iqb_to AFTER UPDATE ON iqb_requirement REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION iqb_restand();

-- Of four measures (Mbit/s, Mbit/s, ms, a fraction from 0 to 1), by the requirements of a year: from 0 to 1, and which of them failed,
-- as "gaming: latency, loss; …", or "none". NULL where one of the four is missing: what is not measured neither passes nor fails.
CREATE OR REPLACE FUNCTION iqb(download double precision, upload double precision, latency double precision, loss double precision,
                               of_year int, OUT score double precision, OUT failed text)
LANGUAGE sql STABLE AS $$
    WITH judged AS (
        SELECT r.use_case, r.measure, r.weight,
               CASE r.measure WHEN 'download' THEN download > r.threshold WHEN 'upload' THEN upload > r.threshold
                              WHEN 'latency' THEN latency < r.threshold ELSE loss < r.threshold END AS passed
        FROM iqb_requirement r
        WHERE r.since = (SELECT max(s.since) FROM iqb_requirement s WHERE s.since <= of_year) AND r.weight > 0
    ), scored AS (
        SELECT use_case, sum(weight) FILTER (WHERE passed)::double precision AS got, sum(weight) AS whole,
               string_agg(measure, ', ' ORDER BY array_position('{download,upload,latency,loss}'::text[], measure))
                   FILTER (WHERE NOT passed) AS failed
        FROM judged
        GROUP BY use_case
    )
    SELECT avg(coalesce(got, 0) / whole), coalesce(string_agg(use_case || ': ' || failed, '; ' ORDER BY use_case), 'none')
    FROM scored
    HAVING num_nulls(download, upload, latency, loss) = 0
$$;
REVOKE EXECUTE ON FUNCTION iqb_seed FROM PUBLIC;
