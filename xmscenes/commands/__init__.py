"""The commands of the command line, one file each: arguments here, work elsewhere."""
