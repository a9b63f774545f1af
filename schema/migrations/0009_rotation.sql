-- A key that a probe replaced speaks only for what lies before the record that replaced it: that record's place.
ALTER TABLE probe_key ADD until_chain text, ADD until_seq bigint, ADD CHECK ((until_chain IS NULL) = (until_seq IS NULL));
