"""Results as data, and every dress of them: terminal, pages, pictures, charts, files."""
