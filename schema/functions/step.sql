-- How many there are, for everybody: the lower end of 5–9, 10–19, 20–49, 50–99, 100–199 and so on. Which line it was that
-- came tells of it.
-- Thousands of rows are told at once, so that the numbers stand here rather than being reckoned: there are no more than five thousand
-- million of anything that is counted in steps.
CREATE OR REPLACE FUNCTION count_step(n bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ('{0,1,2,5,10,20,50,100,200,500,1000,2000,5000,10000,20000,50000,100000,200000,500000,1000000,2000000,5000000,10000000,20000000,'
            '50000000,100000000,200000000,500000000,1000000000,2000000000,5000000000}'::bigint[])[1 + width_bucket(n,
            '{1,2,5,10,20,50,100,200,500,1000,2000,5000,10000,20000,50000,100000,200000,500000,1000000,2000000,5000000,10000000,20000000,'
            '50000000,100000000,200000000,500000000,1000000000,2000000000,5000000000}'::bigint[])]
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
