-- In how many digits what is measured is told: rounded before it is stored, as collector/figure/rounding.h has it.

-- The nearest number of so many decimals, halves away from zero; of indicators of closed years that did not say, as many as any has.
CREATE OR REPLACE FUNCTION rounding_nearest(x double precision, decimals int) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(x::numeric, coalesce(decimals, 6))::double precision
$$;

-- The next one below, and above; what is within a millionth of the last decimal is that.
CREATE OR REPLACE FUNCTION rounding_below(x double precision, decimals int) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (floor(x::numeric * 10::numeric ^ decimals + 0.000001) / 10::numeric ^ decimals)::double precision
$$;
CREATE OR REPLACE FUNCTION rounding_above(x double precision, decimals int) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT -rounding_below(-x, decimals)
$$;

-- Are these numbers of a figure (its value and ends, its change and the ends of that) what the older ones were, but for how many digits
-- are told? Of a figure of which more were, the value is then off by half of the last one, and by more what is reckoned of rounded ones.
CREATE OR REPLACE FUNCTION rounding_alone(older double precision[], newer double precision[], decimals int) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bool_and(u.older IS NOT DISTINCT FROM u.newer)
           OR bool_or(u.older <> rounding_nearest(u.older, decimals))
              AND bool_and(u.older IS NOT DISTINCT FROM u.newer OR coalesce(abs(u.older - u.newer) <= u.most * 10.0 ^ -decimals, false))
    FROM unnest(older, newer, '{0.51,2,2,1.01,4,4}'::double precision[]) AS u (older, newer, most)
$$;

-- Three digits of a percentile of a metric: a line's median is known to the 2 % of its sketch's bucket (functions/sketch.sql).
CREATE OR REPLACE FUNCTION rounding_digits(x double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN x = 0 THEN 0 ELSE round(x::numeric, 2 - floor(log(abs(x)))::int)::double precision END
$$;
