-- What BGP announces of the networks of known operators, and whether ROAs say yes to it (functions/route.sql): a row a prefix and origin.
-- `origin` NULL: the path ended in an AS set of which the operator's network is a member. No row where no pfx2as file was imported; all
-- are 'not-found' where no VRPs were.
CREATE OR REPLACE VIEW route_validity AS
SELECT country, operator, family(prefix) AS family, prefix, origin, route_state(prefix, origin) AS state
FROM (SELECT DISTINCT o.country, o.name AS operator, r.prefix, CASE WHEN NOT r.as_set THEN r.asn END AS origin
      FROM prefix_origin r
      JOIN operator o ON o.state IN ('pack', 'accepted') AND r.asn = ANY (o.asns)
      WHERE r.source = 'pfx2as') AS announced;

SELECT allow('SELECT ON route_validity', 'analyst');

-- SEC1 as its definition counts it: of each operator, and of all of a country (`operator` NULL), a row a family. By announcements; and by
-- address space, where a prefix that lies within another of the same operator, or has a second origin of it, counts once: `space` in
-- addresses of IPv4, in /48 of IPv6.
CREATE OR REPLACE VIEW route_share AS
WITH route AS MATERIALIZED (SELECT * FROM route_validity), placed AS (
    SELECT r.*, power(2::numeric, CASE r.family WHEN 4 THEN 32 ELSE 48 END - masklen(r.prefix)) AS space,
           NOT EXISTS (SELECT FROM route w WHERE (w.country, w.operator) = (r.country, r.operator)
                       AND (w.prefix >> r.prefix OR w.prefix = r.prefix
                            AND (w.origin < r.origin OR w.origin IS NOT NULL AND r.origin IS NULL))) AS outermost,
           r.state = 'valid'
           AND NOT EXISTS (SELECT FROM route w WHERE (w.country, w.operator) = (r.country, r.operator) AND w.state = 'valid'
                           AND (w.prefix >> r.prefix OR w.prefix = r.prefix AND w.origin < r.origin)) AS outermost_valid
    FROM route r
)
SELECT country, operator, family, count(*)::int AS announced, count(*) FILTER (WHERE state = 'valid')::int AS valid,
       count(*) FILTER (WHERE state = 'invalid')::int AS invalid, count(*) FILTER (WHERE state = 'not-found')::int AS not_found,
       100 * count(*) FILTER (WHERE state = 'valid')::double precision / count(*) AS percent_valid,
       sum(space) FILTER (WHERE outermost) AS space,
       coalesce(100 * sum(space) FILTER (WHERE outermost_valid) / sum(space) FILTER (WHERE outermost), 0)::double precision
           AS percent_space_valid
FROM placed
GROUP BY GROUPING SETS ((country, operator, family), (country, family));

SELECT allow('SELECT ON route_share', 'analyst');
