-- The shares of the market that a version of a closed year weighs operators by (views/weighted.sql): those that were known when it was
-- made, under the names that operators had then.
CREATE TABLE closed_share (
    year       int NOT NULL,
    version    int NOT NULL,
    country    text NOT NULL,
    technology text NOT NULL,
    operator   text,                      -- NULL: all that the team did not know, together
    part       double precision NOT NULL, -- of what they come to together
    period     text NOT NULL,
    source     text NOT NULL,
    retrieved  date NOT NULL,
    UNIQUE NULLS NOT DISTINCT (country, year, version, technology, operator),
    FOREIGN KEY (year, version) REFERENCES closed_version
);

-- Of versions that there are, those that are known now: each says when it was retrieved. A new database has no functions yet.
DO $$
BEGIN
    IF EXISTS (SELECT FROM closed_version) AND EXISTS (SELECT FROM market_part) THEN
        INSERT INTO closed_share (year, version, country, technology, operator, part, period, source, retrieved)
        SELECT c.year, c.version, m.country, m.technology, CASE WHEN o.name IS NULL THEN m.operator ELSE k.name END,
               sum(coalesce(m.share, m.subscriptions)), m.period, m.source, max(m.retrieved)
        FROM closed_version c
        JOIN (SELECT DISTINCT ON (country, year, technology) country, left(period, 4)::int AS year, technology, period, source
              FROM market_part
              ORDER BY country, year, technology, period_end(period) DESC, retrieved DESC, period, source) l USING (year)
        JOIN market_part m USING (country, technology, period, source)
        LEFT JOIN operator o ON (o.country, o.name) = (m.country, m.operator)
        LEFT JOIN operator k ON k.operator_no = coalesce(o.merged_into, o.operator_no) AND k.state IN ('pack', 'accepted')
        GROUP BY c.year, c.version, m.country, m.technology, CASE WHEN o.name IS NULL THEN m.operator ELSE k.name END, m.period, m.source;
    END IF;
END $$;
