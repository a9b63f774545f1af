-- Two people who say the same are two, unless both say who they are: a form that comes twice brings its comments once, of which
-- the same octets are known as well.
DROP INDEX framework_comment_once;
CREATE UNIQUE INDEX framework_comment_once ON framework_comment (framework_no, indicator, stakeholder_group, organisation, person, md5(comment))
    NULLS NOT DISTINCT WHERE num_nonnulls(organisation, person) > 0;
-- The last number that a comment had: one that was taken back leaves its own to nobody.
ALTER TABLE framework ADD numbered int NOT NULL DEFAULT 0;
UPDATE framework w SET numbered = coalesce((SELECT max(c.number) FROM framework_comment c WHERE c.framework_no = w.framework_no), 0)
WHERE w.adopted_at IS NULL;
