"""What leaves the program, as other people's programs read it."""
