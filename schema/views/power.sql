-- When probes were on, and on which line.

-- Epochs that batches told, as JSON: [{"probe_no","boot","link","net","net6","from","to"}], in µs of the boot's clock. A
-- row whose intervals are too many to be honest takes no more.
CREATE OR REPLACE FUNCTION epoch_note(epochs json) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO epoch AS e (probe_no, boot, link, net, net6, mono)
    SELECT probe_no, boot, link, net, net6, range_agg(int8range("from", "to"))
    FROM json_to_recordset(epochs) AS n (probe_no int, boot text, link text, net cidr, net6 cidr, "from" bigint, "to" bigint)
    GROUP BY probe_no, boot, link, net, net6
    ORDER BY probe_no, boot, link, net, net6 -- rows are locked in this order, the same in every transaction
    ON CONFLICT (probe_no, boot, link, net, net6) DO UPDATE SET mono = e.mono + excluded.mono
    WHERE NOT e.mono @> excluded.mono AND pg_column_size(e.mono) < 65536
$$;
REVOKE EXECUTE ON FUNCTION epoch_note FROM PUBLIC;

-- The intervals on the wall clock, those of boots whose time became known. `operators` are those in whose networks the
-- prefixes are announced: not the declared one's while a box hangs on a phone. What no row covers, the box was off.
CREATE OR REPLACE VIEW line_epoch AS
SELECT p.probe, e.boot, lower(r) AS from_mono_us, upper(r) AS to_mono_us,
       'epoch'::timestamptz + (lower(r) + b.offset_us) * interval '1 microsecond' AS from_at,
       'epoch'::timestamptz + (upper(r) + b.offset_us) * interval '1 microsecond' AS to_at,
       e.link, e.net, e.net6,
       ARRAY(SELECT o.name FROM operator o WHERE o.asns && (origin_of(e.net) || origin_of(e.net6)) ORDER BY o.name) AS operators
FROM epoch e
JOIN probe p USING (probe_no)
JOIN boot b USING (probe_no, boot)
CROSS JOIN LATERAL unnest(e.mono) AS r;
