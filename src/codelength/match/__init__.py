"""Distribution matching: maps F that make X look like Y, chosen by bits(F) + bits(F(X) given a model of Y)."""
