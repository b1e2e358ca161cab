"""The pages of staff, supervisors, trainers, auditors and administrators: one process, `weijing console`."""
