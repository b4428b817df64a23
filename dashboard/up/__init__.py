"""One command, everything running: what `manage.py up` starts and keeps alive."""
