"""The form on our own page, for whoever has a browser and nothing else."""
