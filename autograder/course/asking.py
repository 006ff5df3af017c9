"""Requests that carry a key: they go to the address that was named, and to no other."""

from __future__ import annotations

import urllib.request

__all__ = ["opener"]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would take the key along, to whatever host it names."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Follow nothing."""


opener = urllib.request.build_opener(_NoRedirect)
