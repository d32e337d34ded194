"""What a text that cannot be read probably meant."""
