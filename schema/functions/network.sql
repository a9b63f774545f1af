-- Where pushes came from: the group of batches that ledger_note was told, of which "seen" is the prefix. One statement a
-- transaction; rows are locked in the same order in each.
CREATE OR REPLACE FUNCTION network_note(batches json) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO probe_network AS n (day, probe_no, prefix, pushes)
    SELECT (now() AT TIME ZONE 'UTC')::date, b.probe_no, b.seen, count(*)
    FROM json_to_recordset(batches) AS b (probe_no int, seen cidr)
    WHERE b.seen IS NOT NULL
    GROUP BY b.probe_no, b.seen
    ORDER BY b.probe_no, b.seen
    ON CONFLICT (day, probe_no, prefix) DO UPDATE SET pushes = n.pushes + excluded.pushes;
END
$$;
REVOKE EXECUTE ON FUNCTION network_note FROM PUBLIC;

-- A figure of a year needs its networks until it is made; longer, they would only tell where somebody was. Of a simulated line they
-- tell of nobody, and its years may be long past.
CREATE OR REPLACE FUNCTION network_retain() RETURNS void
LANGUAGE sql AS $$
    DELETE FROM probe_network n USING probe p
    WHERE p.probe_no = n.probe_no AND NOT p.simulated AND n.day < (now() AT TIME ZONE 'UTC' - interval '13 months')::date
$$;
REVOKE EXECUTE ON FUNCTION network_retain FROM PUBLIC;
