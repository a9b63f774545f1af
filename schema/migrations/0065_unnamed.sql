-- Names that were taken out of comments, also of an adopted edition: who agreed to be named may think again.
CREATE TABLE framework_unnamed (
    framework_no int NOT NULL,
    number       int NOT NULL,
    organisation boolean NOT NULL, -- that one too
    unnamed_by   text NOT NULL,
    unnamed_at   timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (framework_no, number) REFERENCES framework_comment ON DELETE CASCADE
);
CREATE INDEX framework_unnamed_comment ON framework_unnamed (framework_no, number);
