"""What one machine measures of each step past it, and what larger archives take by it."""
