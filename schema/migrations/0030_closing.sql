-- A year that somebody closed: what is published of it stays, in versions. The first is what stood there when the year was closed; what
-- comes late makes the next. Nothing of a version changes ever after (functions/closing.sql).
CREATE TABLE closed_version (
    year      int NOT NULL,
    version   int NOT NULL CHECK (version > 0),
    made_at   timestamptz NOT NULL DEFAULT now(),
    closed_by text,             -- who closed the year; later versions are the collector's
    why       text[] NOT NULL,  -- words of indicator_dirty; of the first version none
    changed   int NOT NULL,     -- figures that are not as in the version before
    PRIMARY KEY (year, version),
    CHECK ((version = 1) = (closed_by IS NOT NULL)),
    CHECK ((version = 1) = (why = '{}'))
);

-- Its figures, what each meant, and their days.
CREATE TABLE closed_figure (
    year    int NOT NULL,
    version int NOT NULL,
    LIKE indicator_value,
    FOREIGN KEY (year, version) REFERENCES closed_version
);
CREATE INDEX closed_figure_version ON closed_figure (year, version);
CREATE INDEX closed_figure_indicator ON closed_figure (indicator, country);
CREATE TABLE closed_indicator (
    year    int NOT NULL,
    version int NOT NULL,
    LIKE indicator,
    PRIMARY KEY (year, version, indicator),
    FOREIGN KEY (year, version) REFERENCES closed_version
);
CREATE TABLE closed_day (
    year    int NOT NULL,
    version int NOT NULL,
    LIKE indicator_day,
    PRIMARY KEY (indicator, country, source, day, version),
    FOREIGN KEY (year, version) REFERENCES closed_version
);

-- What they speak of: lines, or the country.
CREATE TABLE closed_edition (
    year      int NOT NULL,
    version   int NOT NULL,
    country   text NOT NULL,
    period    text NOT NULL,
    source    text NOT NULL,
    speaks_of text NOT NULL,
    PRIMARY KEY (country, period, source, version),
    FOREIGN KEY (year, version) REFERENCES closed_version
);

-- And how they changed from the year before; over whose lines is nobody's to read.
CREATE TABLE closed_change (
    year           int NOT NULL,
    version        int NOT NULL,
    indicator      text NOT NULL,
    country        text NOT NULL,
    source         text NOT NULL,
    simulated      boolean NOT NULL,
    statistic      text NOT NULL,
    from_period    text NOT NULL,
    to_period      text NOT NULL,
    method_version int NOT NULL,
    kind           text,
    why            text,
    value_from     double precision,
    value_to       double precision,
    low            double precision,
    high           double precision,
    n_common       int,
    PRIMARY KEY (indicator, country, source, to_period, version),
    FOREIGN KEY (year, version) REFERENCES closed_version
);

-- Why a closed year was made again since its last version.
CREATE TABLE closed_due (
    year int NOT NULL,
    why  text NOT NULL,
    PRIMARY KEY (year, why)
);
