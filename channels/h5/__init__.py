"""H5 pages for what a chat does badly: a service item with all its details, binding an identity, several pictures at once, a rating. Served by the edge."""
