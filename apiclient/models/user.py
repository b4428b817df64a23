"""User: who signs in. A table of our own, so that it can grow without a painful change."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    pass
