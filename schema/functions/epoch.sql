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
SELECT allow('EXECUTE ON FUNCTION epoch_note', 'ingest');
