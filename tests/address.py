"""What a page reads from an address, asked by somebody who may see everything."""

from django.test import RequestFactory

from apiclient.models import User
from dashboard.pages import view


def read_address(path, words):
    request = RequestFactory().get(path, words)
    request.user = User(is_superuser=True)
    return view.read(request)
