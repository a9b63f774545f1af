-- Editions of other chapters (the migration "peer").

-- Stores one, its figures as rows of peer_figure. Returns how many there are.
CREATE OR REPLACE FUNCTION peer_store(of_run int, about jsonb, figures jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    stored bigint;
BEGIN
    INSERT INTO peer_edition
    SELECT e.* FROM jsonb_populate_record(NULL::peer_edition, about || jsonb_build_object('run', of_run)) e;
    INSERT INTO peer_figure
    SELECT r.* FROM jsonb_array_elements(figures) l
    CROSS JOIN LATERAL jsonb_populate_record(NULL::peer_figure, l || jsonb_build_object('run', of_run)) r;
    GET DIAGNOSTICS stored = ROW_COUNT;
    UPDATE import_run SET sources = ARRAY[concat_ws(' ', about->>'chapter', about->>'year')] WHERE run = of_run;
    RETURN stored;
END
$$;
REVOKE EXECUTE ON FUNCTION peer_store FROM PUBLIC;
