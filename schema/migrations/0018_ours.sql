-- Targets that the country packs or the collector's own schedules name; `migrate` and `serve` mark them. All others are what
-- members typed into their boxes: nobody but analysts and their owner sees those.
ALTER TABLE target ADD ours boolean NOT NULL DEFAULT false;
