-- When probes were on, and on which line: for the team, which knows the household.
-- The intervals are on the wall clock, those of boots whose time became known. `operators` are those in whose networks the
-- prefixes are announced: not the declared one's while a box hangs on a phone. What no row covers, the box was off.
CREATE OR REPLACE VIEW line_network AS
SELECT p.probe, e.boot, lower(r) AS from_mono_us, upper(r) AS to_mono_us,
       'epoch'::timestamptz + (lower(r) + b.offset_us) * interval '1 microsecond' AS from_at,
       'epoch'::timestamptz + (upper(r) + b.offset_us) * interval '1 microsecond' AS to_at,
       e.link, e.net, e.net6,
       ARRAY(SELECT o.name FROM operator o WHERE o.asns && (origin_of(e.net) || origin_of(e.net6)) ORDER BY o.name) AS operators
FROM epoch e
JOIN probe p USING (probe_no)
JOIN boot b USING (probe_no, boot)
CROSS JOIN LATERAL unnest(e.mono) AS r;

-- The same for analysts, who may know whose network it was, and not which.
CREATE OR REPLACE VIEW line_epoch AS
SELECT probe, boot, from_mono_us, to_mono_us, from_at, to_at, link, operators FROM line_network;

SELECT allow('SELECT ON line_epoch', 'analyst');
