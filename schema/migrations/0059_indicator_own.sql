-- The files of a chapter's own indicators as `serve` read them at its start. A command that reads another file of the same
-- indicator, as beside another configuration, makes no figures of it.
CREATE TABLE indicator_own (
    indicator text PRIMARY KEY,
    text_hash text NOT NULL
);
