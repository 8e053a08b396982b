"""The building styles as data: one TOML file a style, its name the file's."""
