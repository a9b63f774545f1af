-- The origin ASNs of an address: those of the longest prefix that holds it. What was imported from BGP goes before the
-- country packs, which know only whose the space is. Empty when no prefix holds the address.
CREATE OR REPLACE FUNCTION origin_of(addr inet) RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT o.asn), '{}')
    FROM (SELECT p.asn, rank() OVER (ORDER BY p.source = 'country-pack', masklen(p.prefix) DESC) AS place
          FROM prefix_origin p WHERE p.prefix >>= addr) o
    WHERE o.place = 1
$$;
