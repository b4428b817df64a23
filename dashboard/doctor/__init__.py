"""How the installation is doing: `judge` says what a figure means, `examine` looks the figures up."""
