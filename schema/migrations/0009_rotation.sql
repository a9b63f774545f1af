-- A key that a probe replaced speaks only for what lies before the record that replaced it: that record's place.
ALTER TABLE probe_key
    ADD until_chain text,
    ADD until_seq   bigint,
    ADD turn        bigint NOT NULL DEFAULT 0, -- with which it came; 0: with the enrolment
    ADD CHECK ((until_chain IS NULL) = (until_seq IS NULL));

-- The highest number that the probe has given to what it asked for: enrolling, leaving, another key. A wish of a lower one
-- is an old one that somebody kept.
ALTER TABLE probe ADD turn bigint NOT NULL DEFAULT 0;
