"""Cases 办件: applications, reports, letters, filings and follow-ups, worked to their end."""
