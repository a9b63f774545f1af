-- Operators that members name: as they typed them, until a team knows whom they mean.

-- The number of an operator. One that is known is met however it is written; another is listed as it was typed, and waits.
CREATE OR REPLACE FUNCTION operator_named(of_country text, of_name text) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO operator (country, name)
    SELECT of_country, of_name
    WHERE of_name IS NOT NULL AND NOT EXISTS (SELECT FROM operator_like(of_country, of_name))
    ON CONFLICT (country, name) DO NOTHING;
    SELECT operator_no FROM operator_like(of_country, of_name)
$$;

-- The operator of that name: written so, else the known one that is written nearly so.
CREATE OR REPLACE FUNCTION operator_like(of_country text, of_name text) RETURNS SETOF operator
LANGUAGE sql STABLE AS $$
    SELECT * FROM operator
    WHERE country = of_country AND (name = of_name OR state IN ('pack', 'accepted') AND lower(name) = lower(btrim(of_name)))
    ORDER BY name <> of_name
    LIMIT 1
$$;
-- Whom a name of an earlier import means today: the same, or the one that it was merged into since; NULL: it was rejected.
CREATE OR REPLACE FUNCTION operator_now(of_country text, of_name text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN o.operator_no IS NULL THEN of_name ELSE k.name END
    FROM (VALUES (of_country, of_name)) AS v (country, name)
    LEFT JOIN operator o USING (country, name)
    LEFT JOIN known_operator k ON k.operator_no = o.operator_no
$$;

-- The years whose figures are calculated of what operators of these names ask, or hold of a market (as input_stale has them).
CREATE OR REPLACE FUNCTION operator_years(of_country text, names text[]) RETURNS int[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(DISTINCT y)
    FROM input_year() y
    JOIN (SELECT extract(year FROM valid_from)::int AS first, extract(year FROM coalesce(valid_to, greatest(retrieved, valid_from)))::int AS last
          FROM plan_price WHERE country = of_country AND operator = ANY (names)
          UNION ALL SELECT left(period, 4)::int, left(period, 4)::int FROM market_part WHERE country = of_country AND operator = ANY (names)) s
      ON y BETWEEN s.first AND s.last + 1
$$;
REVOKE EXECUTE ON FUNCTION operator_named, operator_like, operator_now, operator_years FROM PUBLIC;

-- A team's word on an operator: 'accepted', 'rejected', or 'merged' into a known one, in the place of what was said before.
-- Figures of the years in which its lines measured, or its prices are known, are made again. Returns whether that is new.
CREATE OR REPLACE FUNCTION operator_decide(of_operator int, new_state text, into_operator int, by_whom text, for_reason text)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM operator WHERE of_operator IN (operator_no, merged_into) ORDER BY operator_no FOR NO KEY UPDATE; -- before the rollup's lock
    UPDATE operator SET state = new_state, merged_into = into_operator
    WHERE operator_no = of_operator AND (state, merged_into) IS DISTINCT FROM (new_state, into_operator);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE operator SET merged_into = into_operator WHERE merged_into = of_operator AND new_state = 'merged';
    INSERT INTO operator_change (operator_no, who, state, merged_into, why)
    VALUES (of_operator, by_whom, new_state, into_operator, for_reason);
    PERFORM years_stale('operator', c.probe_no, '-infinity')
    FROM (SELECT DISTINCT x.probe_no FROM probe_context x JOIN operator o USING (operator_no)
          WHERE of_operator IN (o.operator_no, o.merged_into) OR o.merged_into = into_operator) AS c;
    PERFORM years_stale('operator', operator_years(country, array_agg(name))) FROM operator
    WHERE of_operator IN (operator_no, merged_into) OR operator_no = into_operator OR merged_into = into_operator
    GROUP BY country;
    RETURN true;
END
$$;
REVOKE EXECUTE ON FUNCTION operator_decide FROM PUBLIC;
