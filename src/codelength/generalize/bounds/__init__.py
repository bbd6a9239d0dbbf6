"""Generalization bounds as plain functions: errors or bits in, a bound with its assumptions and its δ out."""
