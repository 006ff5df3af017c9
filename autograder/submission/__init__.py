"""What was handed in: its cells, definitions, signatures and static rules."""
