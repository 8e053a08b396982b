"""The ground and what lies on it: heights, terrain, water, paths, bridges, plants."""
