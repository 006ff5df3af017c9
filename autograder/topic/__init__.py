"""A topic as its authors wrote it: chapter, checks, trials, record, fingerprint."""
