"""Nets that learn as they compress: predict, pay, update."""
