-- The Internet Quality Barometer (M-Lab's IQB framework): a use case passes a requirement where the measure is above its threshold
-- (throughput) or below it (latency, loss); what it passes, by weight, is its score, and all use cases count alike.

-- As they come with the program: those of the framework, since ever.
CREATE OR REPLACE FUNCTION iqb_seed(requirements text) RETURNS void
LANGUAGE sql AS $$
    DELETE FROM iqb_requirement WHERE since = 0;
    INSERT INTO iqb_requirement
    SELECT (jsonb_populate_record(NULL::iqb_requirement, r)).* FROM tsv_records(requirements) r
$$;

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
