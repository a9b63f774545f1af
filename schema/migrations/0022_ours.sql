-- Targets that the country packs or the collector's own schedules name; `migrate` and `serve` mark them. All others are what
-- members typed into their boxes: nobody but analysts and their owner sees those.
ALTER TABLE target ADD ours boolean NOT NULL DEFAULT false;

-- Operators that members name wait until a team knows them; those of the packs are marked by `migrate`.
ALTER TABLE operator
    ADD state       text NOT NULL DEFAULT 'waits' CHECK (state IN ('pack', 'accepted', 'waits', 'merged', 'rejected')),
    ADD merged_into int REFERENCES operator,
    ADD CHECK ((state = 'merged') = (merged_into IS NOT NULL));

-- Who decided what of an operator, and why.
CREATE TABLE operator_change (
    change_no   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operator_no int NOT NULL REFERENCES operator,
    at          timestamptz NOT NULL DEFAULT now(),
    who         text NOT NULL,
    state       text NOT NULL,
    merged_into int REFERENCES operator,
    why         text
);
INSERT INTO indicator_dirty (year, why) SELECT DISTINCT extract(year FROM day)::int, 'operator' FROM rollup_day ON CONFLICT DO NOTHING;
