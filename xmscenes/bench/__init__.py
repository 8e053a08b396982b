"""Generated input of any size, and the measurements made on it."""
