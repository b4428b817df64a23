"""Programs sign in by ``Authorization: Bearer ab_...``, as the token's owner; browsers by their session."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apiclient.models import Token, TokenError, UnknownTokenError, User
from dashboard.api import throttle

REALM = 'Bearer realm="Answerback"'


class TokenAuthentication(BaseAuthentication):
    """401 for a token that does not sign in, whatever session comes with it."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        text = _bearer(request)
        if text is None:
            return None
        try:
            token = Token.find(text)
        except TokenError as error:
            if isinstance(error, UnknownTokenError) and error.public:
                throttle.note_guess(request, error.public)
            raise AuthenticationFailed(str(error)) from None
        throttle.refuse_guesser(request, token)
        token.note_use()
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """RFC 6750: no error where no token was given."""
        return REALM if _bearer(request) is None else f'{REALM}, error="invalid_token"'


def _bearer(request: Request) -> str | None:
    kind, _, text = request.headers.get("Authorization", "").strip().partition(" ")
    return text.strip() if kind.lower() == "bearer" else None
