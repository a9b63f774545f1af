-- What a country pack says of its country itself, for SQL to know (functions/seed.sql): the time zone in which people there read hours.
CREATE TABLE country (
    iso      text PRIMARY KEY,            -- ISO 3166-1, such as BJ
    timezone text NOT NULL                -- of the tz database, such as Africa/Porto-Novo
);
