"""What every page of ours tells the browser that it may do: nothing but what comes from us."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# No line of script or style stands in a page, so that words of a stranger can never become one.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)


def content_security(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware. Says where scripts, styles and pictures may come from, on every answer.

    Which address is told to the next page is Django's `SECURE_REFERRER_POLICY`; pages with a
    receipt in their address tell nobody, see `citizen.views.private`.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return answer
