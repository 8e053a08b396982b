"""Read what surveyors and GIS departments deliver; every vertex arrives in the local frame."""
