-- Hours (migrations/0037_hour.sql): how long they are kept.

-- The first (UTC) day whose hours are kept: with today's they are those of 90 days.
CREATE OR REPLACE FUNCTION hour_first() RETURNS date
LANGUAGE sql STABLE AS $$
    SELECT (now() AT TIME ZONE 'UTC')::date - 89
$$;

CREATE OR REPLACE FUNCTION hour_retain() RETURNS void
LANGUAGE sql AS $$
    DELETE FROM rollup_hour WHERE day < hour_first()
$$;
REVOKE EXECUTE ON FUNCTION hour_first, hour_retain FROM PUBLIC;
SELECT allow('EXECUTE ON FUNCTION hour_first', 'analyst');
