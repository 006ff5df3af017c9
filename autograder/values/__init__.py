"""Values: comparing them, and what a wrong array looks like."""
