"""For those who run many courses: reports, similar submissions, exports, Gradescope, GitHub."""
