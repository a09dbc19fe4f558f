"""The commands of the command line that end at once."""
