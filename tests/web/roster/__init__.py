"""The vagtplan on screen."""
