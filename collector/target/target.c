int target_none;
