-- Quantiles of values that count with weights (none of them 0, as many as values, in any order), as collector/figure/stat.c takes
-- them: with equal weights those of percentile_cont.
CREATE OR REPLACE FUNCTION quantile_weighted(quantiles double precision[], of_values double precision[], weights double precision[])
RETURNS double precision[]
LANGUAGE sql IMMUTABLE AS $$
    WITH item AS MATERIALIZED (
        SELECT u.value, min(u.value) OVER () AS first, u.weight * sum(u.weight) OVER () / sum(u.weight ^ 2) OVER () AS weight,
               sum(u.weight) OVER () ^ 2 / sum(u.weight ^ 2) OVER () AS lines, u.number
        FROM unnest(of_values, weights) WITH ORDINALITY AS u (value, weight, number)
    ), placed AS MATERIALIZED (
        SELECT i.*, sum(i.weight) OVER (ORDER BY i.value, i.number) AS upto FROM item i
    )
    SELECT array_agg(value ORDER BY number)
    FROM (SELECT q.number, min(p.first) + sum((p.value - p.first) * (least(greatest(p.upto - q.q * (p.lines - 1), 0), 1)
                                               - least(greatest(p.upto - p.weight - q.q * (p.lines - 1), 0), 1))) AS value
          FROM unnest(quantiles) WITH ORDINALITY AS q (q, number), placed p GROUP BY q.number) AS taken
$$;
REVOKE EXECUTE ON FUNCTION quantile_weighted FROM PUBLIC;
