-- What CREATE DATABASE has to say for one whose letters are in the order of another, of which this is the row of pg_database: by libc,
-- ICU or PostgreSQL itself.
CREATE OR REPLACE FUNCTION scratch_locale(d jsonb) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT format('LC_COLLATE %L LC_CTYPE %L', d->>'datcollate', d->>'datctype') ||
           CASE d->>'datlocprovider'
               WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(d->>'datlocale', d->>'daticulocale')) ||
                             coalesce(' ICU_RULES ' || quote_literal(d->>'daticurules'), '')
               WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', d->>'datlocale')
               ELSE '' END
$$;
