"""What of the user's code goes into a package."""
