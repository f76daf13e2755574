"""What the command line says of itself."""


class Usage(Exception):
    """The command line itself is wrong."""
