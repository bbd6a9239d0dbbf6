"""Maps between point clouds without pairs, chosen by two-part code length."""
