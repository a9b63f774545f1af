-- How a file was taken: the same file, taken otherwise, would not be what stands. Empty in runs from before.
ALTER TABLE import_run
    ADD strict boolean,  -- nothing in it was unusual
    ADD retrieved date;  -- the day that was given for its figures
