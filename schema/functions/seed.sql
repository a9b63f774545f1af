-- Facts that come with the program, as its files have them. What a collector's operator changed in `target` stays.

-- Targets with their kind and country: [{"name","kind","country"}]. They are ours from now on, also where a probe met them first:
-- their names are for everybody.
CREATE OR REPLACE FUNCTION target_seed(targets jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO target AS known (name, kind, country, ours)
    SELECT DISTINCT ON (name) name, kind, country, true
    FROM jsonb_to_recordset(targets) AS t (name text, kind text, country text)
    WHERE name <> ''
    ORDER BY name, kind
    ON CONFLICT (name) DO UPDATE SET ours = true, kind = coalesce(known.kind, excluded.kind),
        country = CASE WHEN known.kind IS NULL THEN excluded.country ELSE known.country END
    WHERE known.kind IS NULL OR NOT known.ours
$$;

-- A schedule, or a pack of tasks for one (schema/schedule/): what its tasks measure.
CREATE OR REPLACE FUNCTION schedule_seed(schedule jsonb) RETURNS void
LANGUAGE sql AS $$
    SELECT target_seed(jsonb_agg(jsonb_build_object('name', t->>'target', 'kind', t->>'kind', 'country', t->>'country')))
    FROM jsonb_array_elements(schedule->'tasks') t
$$;

-- The country packs (schema/countries/): time zones, departments, operators with their networks, and the servers of the domain.
CREATE OR REPLACE FUNCTION country_seed(packs jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO country (iso, timezone, cctld, survey_visa)
    SELECT c.key, c.value->>'timezone', c.value->>'cctld', c.value->>'survey_visa' FROM jsonb_each(packs) c WHERE c.value ? 'timezone'
    ON CONFLICT (iso) DO UPDATE SET timezone = excluded.timezone, cctld = excluded.cctld, survey_visa = excluded.survey_visa
    WHERE (country.timezone, country.cctld, country.survey_visa) IS DISTINCT FROM (excluded.timezone, excluded.cctld, excluded.survey_visa);

    INSERT INTO department (iso, country, name)
    SELECT d->>'iso', c.key, d->>'name' FROM jsonb_each(packs) c, jsonb_array_elements(c.value->'departments') d
    ON CONFLICT (iso) DO UPDATE SET name = excluded.name WHERE department.name <> excluded.name;

    INSERT INTO operator (country, name, asns, state)
    SELECT c.key, o->>'name', ARRAY(SELECT a::bigint FROM jsonb_array_elements_text(o->'asns') a), 'pack'
    FROM jsonb_each(packs) c, jsonb_array_elements(c.value->'operators') o
    ON CONFLICT (country, name) DO UPDATE SET asns = excluded.asns, state = 'pack', merged_into = NULL
    WHERE operator.asns <> excluded.asns OR operator.state <> 'pack';

    DELETE FROM prefix_origin WHERE source = 'country-pack';
    INSERT INTO prefix_origin (prefix, asn, source)
    SELECT p::cidr, (o->'asns'->>0)::bigint, 'country-pack'
    FROM jsonb_each(packs) c, jsonb_array_elements(c.value->'operators') o, jsonb_array_elements_text(o->'prefixes') p
    WHERE o->'asns'->>0 IS NOT NULL;
    SELECT carrier_nat_seed(packs);
    SELECT edition_seed(packs);
    SELECT target_set_seed(packs);

    SELECT target_seed(jsonb_agg(jsonb_build_object('name', s->>'name', 'kind', 'cctld', 'country', c.key)))
    FROM jsonb_each(packs) c, jsonb_array_elements(c.value->'cctld_servers') s
$$;
REVOKE EXECUTE ON FUNCTION target_seed, schedule_seed, country_seed FROM PUBLIC;
