"""What can go wrong, one class per kind. A message says where, what (the value) and what to do, in one line."""


class XmscenesError(Exception):
    """Base of every error that a user can cause or mend; the command line prints it without a traceback."""


class SpecError(XmscenesError):
    """The scene spec is wrong: unknown key, bad range, path that leaves its folder."""


class InputError(XmscenesError):
    """An input file is missing, unreadable, empty, or its content makes no sense."""


class FrameError(XmscenesError):
    """Coordinates cannot be placed: no CRS, unknown CRS, layers that do not meet."""


class PlaceError(FrameError):
    """A layer lies far from the scene: wrong zone, swapped axes, another place."""


class ModelError(XmscenesError):
    """The scene cannot be modelled at all; one failing feature falls back instead and is recorded."""


class ExportError(XmscenesError):
    """An output cannot be written: disk full, folder not writeable."""


class RenderError(XmscenesError):
    """No picture can be made: GL library missing, picture too large."""
