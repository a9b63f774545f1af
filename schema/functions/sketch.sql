-- Percentile sketches: fixed logarithmic buckets with integer counts. Merging two is adding counts, so the order does
-- not matter and a rebuild gives equal values. The small functions are not STRICT, so that PostgreSQL can inline them.

-- The bucket of a value. Bucket b holds [1.02^(b-10000), 1.02^(b-9999)): 2 % wide, and every positive real has one
-- (4783 to 14480). 0 is zero; negative values mirror the positive ones, so that buckets sort as their values do.
CREATE OR REPLACE FUNCTION sketch_bucket(value real) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN value > 0 THEN 10000 + floor(ln(value::double precision) / ln(1.02::double precision))
                WHEN value < 0 THEN -10000 - floor(ln(-value::double precision) / ln(1.02::double precision))
                WHEN value = 0 THEN 0 END::smallint
$$;

-- The value that stands for a bucket: its geometric middle, at most 1 % from any value in it.
CREATE OR REPLACE FUNCTION sketch_value(bucket smallint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN bucket > 0 THEN power(1.02::double precision, bucket - 9999.5)
                WHEN bucket < 0 THEN -power(1.02::double precision, -bucket - 9999.5)
                WHEN bucket = 0 THEN 0 END
$$;

-- Quantile q (0 to 1) of a sketch, interpolated between the two closest ranks as percentile_cont does. A bucket may
-- come several times and in any order: several sketches can be given one after the other. NULL without samples.
CREATE OR REPLACE FUNCTION sketch_quantile(buckets smallint[], counts int[], q double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    WITH ranked AS (
        SELECT bucket, sum(n) OVER (ORDER BY bucket ROWS UNBOUNDED PRECEDING) AS upto, sum(n) OVER () AS total
        FROM unnest(buckets, counts) AS u (bucket, n)
        WHERE n > 0
    ), ends AS (
        SELECT sketch_value(min(bucket) FILTER (WHERE upto > floor(q * (total - 1)))) AS below,
               sketch_value(min(bucket) FILTER (WHERE upto > ceil(q * (total - 1)))) AS above,
               q * (max(total) - 1) - floor(q * (max(total) - 1)) AS part
        FROM ranked
    )
    SELECT below + part * (above - below) FROM ends
$$;

-- Joins the buckets, or the counts, of several sketches, one after the other: of a million buckets none is a row.
CREATE OR REPLACE AGGREGATE sketch_join(anycompatiblearray) (SFUNC = array_cat, STYPE = anycompatiblearray);
