"""Tables as JSON and TOML write them, as a type."""

from typing import Any, TypeAlias

__all__ = ["Table"]

Table: TypeAlias = dict[str, Any]
"""A table: who reads an entry of it knows of what type it is."""
