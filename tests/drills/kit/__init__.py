"""What drills share: a project that keeps a ledger, cores that are killed and started again, load, and the accounts."""
