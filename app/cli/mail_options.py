"""The options and environment variables by which an operator has letters sent. Without a server none are."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.anchor_options import natural

if TYPE_CHECKING:
    from app.post.settings import Posting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All of them."""
    _text(
        parser,
        "--mail-server",
        "YUI_MAIL_SERVER",
        "HOST[:PORT]",
        "メールを預けるサーバー / the mail server that takes letters",
    )
    _text(
        parser,
        "--mail-from",
        "YUI_MAIL_FROM",
        "ADDRESS",
        "差出人のアドレス(不達もここへ) / the address that letters come from",
    )
    parser.add_argument(
        "--mail-tls",
        choices=("starttls", "tls", "none"),
        default=os.environ.get("YUI_MAIL_TLS", "starttls"),
        help="暗号のかけ方(starttls、587番) / how it is encrypted: port 587, 465, 25",
    )
    _text(parser, "--mail-user", "YUI_MAIL_USER", "NAME", "サーバーに入る名 / the name to log in with")
    _text(
        parser,
        "--mail-password",
        "YUI_MAIL_PASSWORD",
        "FILE",
        "その合言葉を書いたファイル / a file whose first line is its password",
    )
    parser.add_argument(
        "--mail-per-minute",
        type=natural,
        metavar="N",
        default=os.environ.get("YUI_MAIL_PER_MINUTE", "60"),
        help="1分間に送る数(60) / letters that are sent in a minute",
    )


def posting(args: argparse.Namespace) -> "Posting | None":
    """As the arguments have it; None where nothing is to be sent. CommandError where they are at fault."""
    from app.cli.failures import CommandError
    from app.post.letters import address_of
    from app.post.settings import PORTS, Posting

    if not args.mail_server and not args.mail_from:
        return None
    if not args.mail_server or not args.mail_from or bool(args.mail_user) != bool(args.mail_password):
        raise CommandError("mail.incomplete")
    sender = address_of(args.mail_from)
    host, port = _server(args.mail_server, PORTS[args.mail_tls])
    if not sender or not host:
        raise CommandError("mail.address", address=args.mail_server if sender else args.mail_from)
    password = _first_line(Path(args.mail_password)) if args.mail_password else ""
    try:
        return Posting(host, port, sender, args.mail_tls, args.mail_user or "", password, args.mail_per_minute)
    except ValueError as error:
        raise CommandError("mail.in_the_clear") from error


def _server(text: str, port: int) -> tuple[str, int]:
    """Host and port; an empty host where there is none to be read. IPv6 addresses stand in brackets."""
    host, colon, number = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, number = text, str(port)
    host = host.removeprefix("[").removesuffix("]")
    is_port = number.isascii() and number.isdigit() and 0 < int(number) < 65536  # noqa: PLR2004
    return (host, int(number)) if is_port else ("", 0)


def _first_line(path: Path) -> str:
    from app.cli.failures import CommandError

    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError("mail.password", path=path, reason=reason) from error


def _text(parser: argparse.ArgumentParser, name: str, variable: str, metavar: str, text: str) -> None:
    parser.add_argument(name, metavar=metavar, default=os.environ.get(variable), help=text)
