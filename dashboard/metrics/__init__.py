"""What Prometheus reads: `exposition` writes the format, the others find the figures."""
