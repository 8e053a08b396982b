"""Checks: functions that reopen what was written and return Issues."""

from xmscenes.check.delivery import check_delivery, check_files, check_ground

__all__ = ["check_delivery", "check_files", "check_ground"]
