-- Figures are made again when a probe begins to count, or ceases to: of all years in which it measured.
CREATE OR REPLACE FUNCTION restand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM years_stale('standing', NEW.probe_no, '-infinity');
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION restand FROM PUBLIC;
CREATE OR REPLACE TRIGGER restand AFTER UPDATE OF confirmed_at, confirmed_by, revoked_at, revoked_reason, token_no,
    replaced_by ON probe
    FOR EACH ROW EXECUTE FUNCTION restand();

-- And when a network becomes one in which each confirmed household counts, or ceases to be: of all years in which a probe was
-- seen in it.
CREATE OR REPLACE FUNCTION restand_network() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM years_stale('standing', array_agg(DISTINCT extract(year FROM n.day)::int))
    FROM probe_network n JOIN changed c ON c.prefix >>= n.prefix;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION restand_network FROM PUBLIC;
CREATE OR REPLACE TRIGGER restand_more AFTER INSERT ON carrier_nat REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION restand_network();
CREATE OR REPLACE TRIGGER restand_less AFTER DELETE ON carrier_nat REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION restand_network();
