-- The Herfindahl-Hirschman index: the sum of the squared shares, in percent, from 0 to 10 000 (US Department of Justice and Federal
-- Trade Commission, Horizontal Merger Guidelines, 19 August 2010, section 5.3, whose 1500 and 2500 ECO8 tells). What is rounded, or
-- counted in lines, is taken for parts of its own sum: n operators make it at least 10 000 / n. NULL of none.
CREATE OR REPLACE FUNCTION hhi(parts double precision[]) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$
    SELECT sum((100 * p / whole) ^ 2) FROM unnest(parts) p, (SELECT sum(w) AS whole FROM unnest(parts) w) s WHERE whole > 0
$$;

-- How far shares may be from 100 together: half of the last digit of each.
CREATE OR REPLACE FUNCTION shares_whole(shares numeric[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT abs(sum(s) - 100) <= sum(0.5 * 10 ^ (-scale(s))::numeric) FROM unnest(shares) s
$$;

-- The parts of a year: of each technology its latest period, as the source has it that was asked last. Operators that were merged
-- since are one; one that was rejected keeps its part, as the market does.
CREATE OR REPLACE FUNCTION market(of_country text, of_year int)
RETURNS TABLE (technology text, operator text, part double precision, period text, source text, retrieved date)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (m.technology) m.technology, m.period, m.source
        FROM market_part m
        WHERE m.country = of_country AND left(m.period, 4)::int = of_year
        ORDER BY m.technology, period_end(m.period) DESC, m.retrieved DESC, m.period, m.source
    )
    SELECT m.technology, coalesce(operator_now(m.country, m.operator), m.operator), sum(coalesce(m.share, m.subscriptions))::double precision,
           m.period, m.source, max(m.retrieved)
    FROM market_part m
    JOIN latest USING (technology, period, source)
    WHERE m.country = of_country
    GROUP BY 1, 2, 4, 5
$$;
REVOKE EXECUTE ON FUNCTION hhi, shares_whole, market FROM PUBLIC;
