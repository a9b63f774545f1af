-- Whether reports may use a figure is kept with it, as it was when it came or was let in, and so with each version of a closed year.
-- Those that are here are as they were told until now (functions/import.sql, and views/public.sql of
-- versions made before).
ALTER TABLE indicator_value ADD admitted boolean NOT NULL DEFAULT true;

CREATE FUNCTION pg_temp.out(of_country text, samples bigint, visa text, of_run int) RETURNS boolean LANGUAGE sql AS $$
    SELECT samples IS NOT NULL AND visa IS NULL AND EXISTS (SELECT FROM country k WHERE k.iso = of_country AND k.survey_visa IS NOT NULL)
           AND NOT EXISTS (SELECT FROM import_run r WHERE r.run = of_run AND r.admitted_at IS NOT NULL)
$$;
UPDATE indicator_value SET admitted = false WHERE NOT computed AND n_samples IS NOT NULL AND pg_temp.out(country, n_samples, visa, run);
UPDATE import_replaced SET was = was || jsonb_build_object('admitted',
    NOT pg_temp.out(was->>'country', (was->>'n_samples')::bigint, was->>'visa', earlier)) WHERE home = 'indicator_value';
DROP FUNCTION pg_temp.out;
