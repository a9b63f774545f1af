-- What happened on a day, to be read beside figures: nothing is calculated of it.
CREATE TABLE event (
    country    text NOT NULL,
    date       date NOT NULL,
    geo        text, -- of a department; NULL: of the country
    kind       text NOT NULL CHECK (kind IN ('law', 'licence', 'cable', 'network', 'price', 'outage', 'shutdown', 'election', 'power', 'other')),
    title_fr   text NOT NULL,
    title_en   text NOT NULL,
    source     text NOT NULL,
    source_url text,
    retrieved  date NOT NULL,
    note       text,
    run        int REFERENCES import_run
);
CREATE UNIQUE INDEX event_key ON event (country, date, kind, title_en, source);
CREATE INDEX event_run ON event (run);
