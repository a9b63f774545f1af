-- Beside the number, a mark that no other history has: a database that was put back from a backup under a running collector
-- comes to the same numbers again with other data.
ALTER TABLE data_version ADD mark uuid NOT NULL DEFAULT gen_random_uuid();
