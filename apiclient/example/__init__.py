"""The example of an empty database: a service that this project runs itself, and the calls that watch it."""
