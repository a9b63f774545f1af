-- The framework of indicators, edition by edition: opened, consulted on, adopted, and frozen from then on (functions/framework.sql).

-- Who is asked; the words come with the program.
CREATE TABLE stakeholder_group (
    stakeholder_group text PRIMARY KEY,
    place             int NOT NULL,
    name_fr           text NOT NULL,
    name_en           text NOT NULL
);

CREATE TABLE framework (
    framework_no int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    country      text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    edition      text NOT NULL CHECK (edition ~ '^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$'),
    opened_at    timestamptz NOT NULL DEFAULT now(),
    opened_by    text NOT NULL,
    comments_to  date,              -- the last day on which comments are asked for
    adopted_at   timestamptz,       -- frozen from then on
    adopted_by   text,
    reason       text,              -- why it was adopted although something was missing
    UNIQUE (country, edition),
    CHECK (num_nonnulls(adopted_at, adopted_by) IN (0, 2)),
    CHECK (reason IS NULL OR adopted_at IS NOT NULL)
);
-- One at a time: a comment belongs to what is being asked.
CREATE UNIQUE INDEX framework_open ON framework (country) WHERE adopted_at IS NULL;

-- Its indicators, as they were put to the consultation: a file of the program that changes later changes nothing here.
CREATE TABLE framework_indicator (
    framework_no   int NOT NULL REFERENCES framework,
    indicator      text NOT NULL CHECK (indicator <> ''),
    status         text NOT NULL CHECK (status IN ('proposed', 'adopted', 'retired')),
    proposer       text NOT NULL,
    why            text,             -- it was retired
    nature         text NOT NULL CHECK (nature IN ('quantitative', 'qualitative')),
    kind           text NOT NULL,    -- where its figures come from: 'measured, imported'
    measured_by    text,             -- the check
    waits_fr       text,             -- why nothing measures it yet
    waits_en       text,
    dimensions     text[] NOT NULL,
    method_version int NOT NULL,
    name_fr        text NOT NULL,
    name_en        text NOT NULL,
    unit_fr        text NOT NULL,
    unit_en        text NOT NULL,
    definition_fr  text NOT NULL,
    definition_en  text NOT NULL,
    PRIMARY KEY (framework_no, indicator),
    CHECK ((why IS NOT NULL) <= (status = 'retired'))
);

CREATE TABLE framework_comment (
    framework_no      int NOT NULL REFERENCES framework,
    number            int NOT NULL CHECK (number > 0),
    indicator         text,          -- NULL: of the whole
    stakeholder_group text NOT NULL REFERENCES stakeholder_group,
    organisation      text,
    person            text,          -- only of who agreed to be named
    said_on           date NOT NULL,
    comment           text NOT NULL CHECK (comment <> ''),
    stored_at         timestamptz NOT NULL DEFAULT now(),
    verdict           text CHECK (verdict IN ('taken', 'partly', 'not-taken')),
    answer            text CHECK (answer <> ''),
    answered_by       text,
    answered_at       timestamptz,
    PRIMARY KEY (framework_no, number),
    FOREIGN KEY (framework_no, indicator) REFERENCES framework_indicator,
    CHECK (num_nonnulls(verdict, answer, answered_by, answered_at) IN (0, 4))
);
-- A form that comes twice brings its comments once.
CREATE UNIQUE INDEX framework_comment_once ON framework_comment (framework_no, indicator, stakeholder_group, organisation, person, md5(comment))
    NULLS NOT DISTINCT;

-- What two people say of a qualitative indicator, on its scale; where they differ, both stand.
CREATE TABLE framework_rating (
    framework_no  int NOT NULL,
    indicator     text NOT NULL,
    rater         text NOT NULL CHECK (rater <> ''),
    score         int NOT NULL CHECK (score BETWEEN 0 AND 4),
    justification text NOT NULL CHECK (justification <> ''),
    source_url    text NOT NULL CHECK (source_url ~ '^https?://[^[:space:]]+$'),
    rated_on      date NOT NULL,
    PRIMARY KEY (framework_no, indicator, rater),
    FOREIGN KEY (framework_no, indicator) REFERENCES framework_indicator
);
