"""The wire's conversations and drills, against the core's peer and against every runner found by its manifest."""
