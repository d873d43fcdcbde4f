"""The HTTP server: listening, guarding, draining. What users' routes answer is `triggers/api.py`'s."""
