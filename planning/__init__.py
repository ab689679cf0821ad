"""From ideas to the files that planners use."""
