"""What was learnt, and what can be promised about data to come."""
