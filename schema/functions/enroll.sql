-- How a probe joins: what a token lets in, and what is kept of what the probe tells. All of it is asked within one
-- transaction (collector/probe/enroll.c). A verdict is 'good', or the word with which the wish is refused.

-- Judges a token (SHA-256, hex) for a probe and its key (base64), and counts a use. A probe's own token once more is good
-- whatever became of it, and costs nothing: the answer was lost. The token's row is locked, so that two probes do not share
-- its last use.
CREATE OR REPLACE FUNCTION token_use(of_hash text, of_probe text, of_key text)
RETURNS TABLE (verdict text, token_no int, focal_point_no int, probe_no int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t token;
    p probe;
BEGIN
    SELECT * INTO t FROM token x WHERE x.hash = decode(of_hash, 'hex') FOR UPDATE;
    SELECT * INTO p FROM probe x WHERE x.probe = of_probe;
    token_no := t.token_no;
    focal_point_no := t.focal_point_no;
    probe_no := p.probe_no;
    verdict := CASE
        WHEN t.token_no IS NULL THEN 'token'
        WHEN EXISTS (SELECT FROM tombstone x WHERE x.probe = of_probe) THEN 'forgotten-probe'
        WHEN EXISTS (SELECT FROM probe_key k WHERE k.public = decode(of_key, 'base64') AND k.until_seq IS NOT NULL)
            THEN 'retired-key'
        WHEN p.revoked_at IS NOT NULL THEN 'revoked-probe'
        WHEN p.token_no = t.token_no THEN 'good'
        WHEN t.revoked_at IS NOT NULL THEN 'token-revoked'
        WHEN t.expires_at <= now() THEN 'token-expired'
        WHEN t.uses >= t.uses_max THEN 'token-exhausted'
        ELSE 'good' END;
    IF verdict = 'good' AND p.token_no IS DISTINCT FROM t.token_no THEN
        UPDATE token x SET uses = x.uses + 1 WHERE x.token_no = t.token_no;
    END IF;
    RETURN NEXT;
END
$$;
REVOKE EXECUTE ON FUNCTION token_use FROM PUBLIC;

-- May `new` take the place of `old`? Whoever may hand out tokens for the old probe's team may say that it is gone. Whoever merely has
-- a token that several may use is nobody's word against a probe that counts: its place, and its figures, would be anybody's to take.
CREATE OR REPLACE FUNCTION probe_replaceable(old text, new text, by_token int)
RETURNS TABLE (verdict text, probe_no int, country text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT FROM probe p WHERE p.probe = old FOR UPDATE; -- before the new one's surroundings may ask for the rollup's lock
    SELECT CASE WHEN p.probe_no IS NULL OR p.forgotten_at IS NOT NULL OR old = new THEN 'replaces'
                WHEN c.focal_point_no IS DISTINCT FROM t.focal_point_no THEN 'replaces-other-team'
                WHEN n.probe = new THEN 'good'
                WHEN n.probe IS NOT NULL THEN 'replaces-again'
                WHEN t.uses_max > 1 AND standing_of(p, now()) IN ('counts', 'young') THEN 'replaces-vouched'
                ELSE 'good' END, p.probe_no, c.country
    FROM (SELECT) one
    LEFT JOIN token t ON t.token_no = by_token
    LEFT JOIN probe p ON p.probe = old
    LEFT JOIN probe n ON n.probe_no = p.replaced_by
    LEFT JOIN LATERAL (SELECT x.focal_point_no, x.country FROM probe_context x WHERE x.probe_no = p.probe_no
                       ORDER BY x.valid_from DESC LIMIT 1) c ON true
$$;
REVOKE EXECUTE ON FUNCTION probe_replaceable FROM PUBLIC;

-- A new probe with its first key (base64).
CREATE OR REPLACE FUNCTION probe_make(of_probe text, of_token int, of_key text) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH p AS (INSERT INTO probe (probe, token_no) VALUES (of_probe, of_token) RETURNING probe_no)
    INSERT INTO probe_key (probe_no, public) SELECT probe_no, decode(of_key, 'base64') FROM p
    RETURNING probe_no
$$;
REVOKE EXECUTE ON FUNCTION probe_make FROM PUBLIC;

-- The surroundings that a probe tells count from now on. What it does not say anew stays as it was: `enroll --yes`, typed to
-- be sure, must not take its place from it. In another country nothing of it holds. The row that counts ends when the new one
-- says something else.
CREATE OR REPLACE FUNCTION context_tell(of_probe int, told_country text, told_department text, told_commune text,
                                        told_zone text, told_operator text, told_technology text, told_team int,
                                        told_tariff text, told_metered boolean, told_consent text, told_site text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was  probe_context;
    said probe_context;
BEGIN
    SELECT * INTO was FROM probe_context c WHERE c.probe_no = of_probe AND c.valid_to = 'infinity';
    said := was;
    IF was.country IS DISTINCT FROM told_country THEN
        said := NULL;
    END IF;
    said.country := told_country;
    said.department := coalesce(told_department, said.department);
    said.commune := coalesce(told_commune, said.commune);
    said.zone := coalesce(told_zone, said.zone);
    said.site := coalesce(told_site, said.site);
    said.operator_no := coalesce(operator_named(told_country, told_operator), said.operator_no);
    said.technology := coalesce(told_technology, said.technology);
    said.focal_point_no := coalesce(told_team, said.focal_point_no);
    said.tariff := coalesce(told_tariff, said.tariff);
    said.metered := told_metered;
    said.consent_version := told_consent;
    said.probe_no := was.probe_no;
    said.valid_from := was.valid_from;
    said.valid_to := was.valid_to;
    IF said IS NOT DISTINCT FROM was THEN
        RETURN;
    END IF;
    UPDATE probe_context c SET valid_to = now() WHERE c.probe_no = of_probe AND c.valid_to = 'infinity';
    said.probe_no := of_probe;
    said.valid_from := now();
    said.valid_to := 'infinity';
    INSERT INTO probe_context VALUES (said.*);
END
$$;
REVOKE EXECUTE ON FUNCTION context_tell FROM PUBLIC;

-- Who hosts a probe: a contact, and the hash of the secret of their link (hex). NULL: not said anew. The last one told
-- counts: a link that went astray is put out of use by enrolling again with another.
CREATE OR REPLACE FUNCTION host_tell(of_probe int, told_contact text, told_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO probe_contact (probe_no, contact) SELECT of_probe, told_contact WHERE told_contact IS NOT NULL
    ON CONFLICT (probe_no) DO UPDATE SET contact = excluded.contact;
    INSERT INTO probe_owner (probe_no, hash) SELECT of_probe, decode(told_hash, 'hex') WHERE told_hash IS NOT NULL
    ON CONFLICT (probe_no) DO UPDATE SET hash = excluded.hash
$$;
REVOKE EXECUTE ON FUNCTION host_tell FROM PUBLIC;

SELECT allow('EXECUTE ON FUNCTION token_use, probe_replaceable, probe_make, context_tell, host_tell', 'ingest');
