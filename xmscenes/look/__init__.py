"""What things wear: materials, atlas images, building styles, and the prototypes of repeated things."""
