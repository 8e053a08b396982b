"""The deliveries: plain, xr, tiles, cityjson."""

from xmscenes.export.deliveries import write_profile
from xmscenes.export.plain import write_plain

__all__ = ["write_plain", "write_profile"]
