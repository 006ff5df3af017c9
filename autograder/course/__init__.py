"""A course with nbgrader, from an empty folder to exported grades."""
