"""How quick the program is, as ratios to a limit measured in the same run."""
