"""Array maths: planes, polygons, partitions, meshes. No stage, no options, no domain words."""
