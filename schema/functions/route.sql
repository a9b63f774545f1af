-- Route origin validation (RFC 6811) of what BGP announces (pfx2as, functions/import.sql) by validated ROA payloads (`import vrp`).

-- The state of a route by all VRPs: 'valid', 'invalid' or 'not-found' (RFC 6811, section 2). origin NULL: NONE, of a route whose path ends
-- in an AS set, which no VRP matches. Nor does one of AS 0 match any (RFC 6483, section 4): it says that nobody may announce the prefix.
CREATE OR REPLACE FUNCTION route_state(route cidr, origin bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN count(*) = 0 THEN 'not-found'
                WHEN bool_or(v.asn = origin AND v.asn <> 0 AND masklen(route) <= v.max_length) THEN 'valid'
                ELSE 'invalid' END
    FROM vrp v
    WHERE v.prefix >>= route
$$;
