-- How many there are, for everybody: the lower end of 5–9, 10–19, 20–49, 50–99, 100–199 and so on. Which line it was that
-- came tells of it.
CREATE OR REPLACE FUNCTION count_step(n bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT m * CASE WHEN n >= 5 * m THEN 5 WHEN n >= 2 * m THEN 2 WHEN n > 0 THEN 1 ELSE 0 END
    FROM (SELECT (10 ^ (length(n::text) - 1))::bigint AS m) AS magnitude
$$;

-- The same for a part of those counted, which may be few or none: 0, 1–4, 5–9, 10–19 and so on.
CREATE OR REPLACE FUNCTION part_step(n bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN n BETWEEN 1 AND 4 THEN 1 ELSE count_step(n) END
$$;

CREATE OR REPLACE FUNCTION two_digits(n bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(n::numeric, least(0, 2 - length(n::text)))::bigint
$$;

-- The Monday of its week: on which day a box fell silent tells when a household went out.
CREATE OR REPLACE FUNCTION week_step(day date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT day - (extract(isodow FROM day)::int - 1)
$$;
