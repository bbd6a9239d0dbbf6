"""Learners, and what they pay while they learn."""
