"""For those who write topics: the skeleton of a new one, and the battery that tests it."""
