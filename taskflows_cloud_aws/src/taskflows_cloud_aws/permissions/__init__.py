"""IAM policies: what deploying needs, what a function needs."""
