"""What happened, kept: spans and logs in bounded tables."""
