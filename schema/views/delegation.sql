-- How far apart a zone's servers stand, as one probe saw it on one day (UTC). Origins are those known today, not those
-- of the day. An address whose prefix has several origins counts with each; `unknown` addresses have none.
CREATE OR REPLACE VIEW delegation_diversity AS
SELECT s.day, p.probe, t.name AS target, t.country AS target_country, p.source, p.simulated,
       count(DISTINCT s.addr) FILTER (WHERE family(s.addr) = 4)::int AS addresses4,
       count(DISTINCT s.addr) FILTER (WHERE family(s.addr) = 6)::int AS addresses6,
       count(DISTINCT network(set_masklen(s.addr, 24))) FILTER (WHERE family(s.addr) = 4)::int AS prefixes4,
       count(DISTINCT network(set_masklen(s.addr, 48))) FILTER (WHERE family(s.addr) = 6)::int AS prefixes6,
       count(DISTINCT o.asn)::int AS origins,
       count(DISTINCT s.addr) FILTER (WHERE o.asn IS NULL)::int AS unknown,
       coalesce(array_agg(DISTINCT o.asn) FILTER (WHERE o.asn IS NOT NULL), '{}') AS asns
FROM (SELECT DISTINCT (at AT TIME ZONE 'UTC')::date AS day, probe_no, target_no, addr FROM delegation_server) s
JOIN probe p USING (probe_no)
JOIN target t USING (target_no)
LEFT JOIN LATERAL unnest(origin_of(s.addr)) AS o (asn) ON true
GROUP BY s.day, p.probe, t.name, t.country, p.source, p.simulated;

SELECT allow('SELECT ON delegation_diversity', 'analyst');
