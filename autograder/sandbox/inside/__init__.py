"""The other side of the trust boundary: the zygote, and the student's process forked from it."""
