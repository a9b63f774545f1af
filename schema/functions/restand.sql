-- Figures are made again when a probe begins to count, or ceases to: of all years in which it measured.
CREATE OR REPLACE FUNCTION restand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM years_stale('standing', NEW.probe_no, '-infinity');
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION restand FROM PUBLIC;
CREATE OR REPLACE TRIGGER restand AFTER UPDATE OF confirmed_at, revoked_at, token_no ON probe
    FOR EACH ROW EXECUTE FUNCTION restand();
