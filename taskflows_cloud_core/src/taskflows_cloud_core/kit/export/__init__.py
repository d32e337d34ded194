"""Plans in the languages of other tools."""
