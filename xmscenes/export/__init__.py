"""export: the deliveries."""

from xmscenes.export.plain import write_plain

__all__ = ["write_plain"]
