"""The deliveries: plain, xr, tiles, cityjson."""

from xmscenes.export.deliveries import write_deliveries
from xmscenes.export.plain import write_plain

__all__ = ["write_deliveries", "write_plain"]
