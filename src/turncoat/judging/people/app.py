"""The page's server: a few routes for one labeller on this machine, closed to other sites."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

import turncoat
from turncoat.errors import UsageError
from turncoat.judging.people.sheets import Change, Sheets

_PAGE = Path(__file__).with_name("page")
_THEME = Path(turncoat.__file__).with_name("theme.css")
_FILES = {
    "/": _PAGE / "label.html",
    **{f"/{each.name}": each for each in (_THEME, *_PAGE.iterdir()) if each.suffix != ".html"},
}
_HOSTS = ("127.0.0.1", "localhost")
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(sheets: Sheets, *, by: str, token: str) -> Starlette:
    """The application. Whatever is about transcripts needs the token, which the page's address carries after `#`.

    It answers on loopback names only, so that no other name that is made to point here (DNS rebinding) reads anything.
    """

    async def overview(_: Request) -> Response:
        return JSONResponse({"by": by, "done": sheets.done})

    async def transcript(request: Request) -> Response:
        return JSONResponse(sheets.sheet(request.path_params["number"]))

    async def change(request: Request) -> Response:
        number = request.path_params["number"]
        sheets.change(number, Change.model_validate_json(await request.body()))
        return JSONResponse(sheets.state(number))

    async def guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = _refusal(request, token) or await call_next(request)
        response.headers.update(_HEADERS)
        return response

    return Starlette(
        routes=[
            *(Route(path, _sends(file)) for path, file in _FILES.items()),
            Route("/api/overview", overview),
            Route("/api/transcripts/{number:int}", transcript, methods=["GET"]),
            Route("/api/transcripts/{number:int}", change, methods=["POST"]),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard)],
        exception_handlers={UsageError: _wrong, ValidationError: _wrong, OSError: _unwritten},
    )


def _refusal(request: Request, token: str) -> Response | None:
    """Why a request is not ours to answer; None where it is."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    if host.partition(":")[0] not in _HOSTS:
        return PlainTextResponse("Wrong host.", 400)
    if origin is not None and origin != f"http://{host}":
        return PlainTextResponse("Wrong origin.", 403)
    given = request.headers.get("x-turncoat-token", "")
    if request.url.path not in _FILES and not secrets.compare_digest(given.encode(), token.encode()):
        return PlainTextResponse("Wrong token. Open the address that the program printed.", 403)
    return None


def _sends(file: Path) -> Callable[[Request], Response]:
    def send(_: Request) -> Response:
        return FileResponse(file)

    return send


async def _wrong(_: Request, error: Exception) -> Response:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return PlainTextResponse(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", 422)
    return PlainTextResponse(str(error), 422)


async def _unwritten(_: Request, error: Exception) -> Response:
    return PlainTextResponse(f"The file of labels cannot be written: {error}.", 500)
