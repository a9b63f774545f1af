-- A goal may be parity: as many of one as of the other, neither fewer nor more.
ALTER TABLE goal
    DROP CONSTRAINT goal_compared_check,
    ADD CONSTRAINT goal_compared_check CHECK (compared IN ('at least', 'at most', 'parity'));
