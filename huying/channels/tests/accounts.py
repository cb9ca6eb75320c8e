"""The accounts that the tests of this room listen on. No secret here opens anything."""

from pathlib import Path

from huying.channels.accounts import Account

KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aQ"
PREVIOUS_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
FIXTURES = Path(__file__).parent.parent / "wechat" / "fixtures"

HEALTH = Account(
    channel="wechat",
    name="health",
    desk="sz-health",
    token="health-token",
    aes_key=KEY,
    previous_aes_key=PREVIOUS_KEY,
    app_id="wx0000000000000001",
    app_secret="not-a-secret",
    api="http://127.0.0.1:9",
    public_url="http://127.0.0.1:8000",
    plain=True,
)
SITE = Account(channel="web", name="site", desk="sz-health", public_url="http://127.0.0.1:8000")


def fixture(name: str) -> bytes:
    """The bytes of one recorded delivery."""
    return (FIXTURES / name).read_bytes()


def write(path: Path, *accounts: Account) -> None:
    """Write `accounts` as an operator would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for account in accounts:
        lines.append("[[account]]")
        for name, value in vars(account).items():
            said = str(value).lower() if isinstance(value, bool | int) else f'"{value}"'
            lines.append(f"{name} = {said}")
    path.write_text("\n".join(lines) + "\n")
