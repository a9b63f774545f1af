-- Which import brought a comment: as long as nobody has answered, it can be taken back.
ALTER TABLE framework_comment ADD run int REFERENCES import_run;
CREATE INDEX framework_comment_run ON framework_comment (run);
-- Asked by other arguments (functions/framework.sql).
DROP FUNCTION IF EXISTS framework_comments(int, jsonb);
