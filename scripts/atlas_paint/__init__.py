"""Painters of the atlas images. Everything is drawn from numbers here, so the images are CC0 and reproducible."""
