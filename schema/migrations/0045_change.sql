-- What each of a change's lines said in either year, as marks by line: one that says something else is told under cover of others only.
ALTER TABLE indicator_change ADD marks_from int[], ADD marks_to int[];
