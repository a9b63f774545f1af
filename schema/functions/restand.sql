-- Figures are made again when a probe begins to count, or ceases to: of all years in which it measured.
CREATE OR REPLACE FUNCTION restand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO indicator_dirty SELECT DISTINCT extract(year FROM day)::int FROM rollup_day WHERE probe_no = NEW.probe_no
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION restand FROM PUBLIC;
CREATE OR REPLACE TRIGGER restand AFTER UPDATE OF confirmed_at, revoked_at, token_no ON probe
    FOR EACH ROW EXECUTE FUNCTION restand();
