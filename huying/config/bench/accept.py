"""How fast a message is durably kept: the ear beside pgbench, on the same server, in one run.

Signed plain WeChat messages over kept connections until they are acknowledged, by 1, 8 and 64
clients; and `pgbench` inserting the same row, one commit at a time, with as many.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import psycopg

from huying.channels import demo
from huying.channels.accounts import FILE, Account, load
from huying.channels.wechat.crypto import signature
from huying.config import postgres
from huying.config.bench.load import NUMBER
from huying.config.postgres_folder import database_url
from huying.config.postgres_owner import binaries

CLIENTS = (1, 8, 64)
SECONDS = 1.5  # for each number of clients, each time
# Ours and theirs in turn, and the middle of all rounds counts: how fast a disk gives its word
# changes by the second on a machine that others use too.
ROUNDS = 5
WEB_PROCESSES = min(2, os.cpu_count() or 1)  # each holds one thread of Python
WARM_UP_S = 1.0
START_WITHIN_S = 60.0

BODY = """<xml>
<ToUserName><![CDATA[gh_4f1e0c77aa10]]></ToUserName>
<FromUserName><![CDATA[oBench-linmei-000000000000001]]></FromUserName>
<CreateTime>1650000000</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[母亲今天要做透析，住在福田区沙头街道上沙村，小区封着出不去，能派车吗？]]></Content>
<MsgId>{number}</MsgId>
</xml>"""

# The same columns with the same bytes. Ids are random, as they are with one process a client.
SCRIPT = """
\\set id random(1000000000000000000, 9000000000000000000)
INSERT INTO channels_inbound
    (channel, account, external_id, receipt, body, meta, received_at, attempts)
VALUES ('wechat', 'health', :id::text, substr(md5(:id::text), 1, 12), '\\x{body}'::bytea,
    '{meta}'::jsonb, now(), 0)
ON CONFLICT DO NOTHING;
"""


@dataclass
class Rate:
    """What one crowd of clients reached."""

    clients: int
    per_s: float
    p50_ms: float
    p99_ms: float
    pgbench_per_s: float


def main(argv: list[str]) -> None:
    """Measure, print a table, and with --json the figures as the last line."""
    parser = argparse.ArgumentParser(prog="bin/bench accept", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    chosen = parser.parse_args(argv)
    with installation() as (home, port, web):
        account = load(home / FILE)["wechat", "health"]
        request = _request(port, account)
        _crowd(port, request, clients=8, seconds=WARM_UP_S, first=10**18)
        rounds = _measure(home, port, request, chosen.seconds)
        prepared = pgbench(home, CLIENTS[-1], chosen.seconds, protocol="prepared")
        rss_mb = _rss_mb(web.pid)
        _check(home)
    _print(rounds, rss_mb, prepared, is_json=chosen.json)


def _measure(home: Path, port: int, request: bytes, seconds: float) -> list[list[Rate]]:
    """For each round, what each number of clients reached."""
    rounds: list[list[Rate]] = []
    first = 2 * 10**18
    for _ in range(ROUNDS):
        rounds.append([])
        for clients in CLIENTS:
            first, per_s, latencies = _crowd(
                port, request, clients=clients, seconds=seconds, first=first
            )
            p50_ms, p99_ms = _quantile(latencies, 0.5), _quantile(latencies, 0.99)
            theirs = pgbench(home, clients, seconds)
            rounds[-1].append(Rate(clients, per_s, p50_ms, p99_ms, theirs))
    return rounds


def _crowd(
    port: int, request: bytes, *, clients: int, seconds: float, first: int
) -> tuple[int, float, list[float]]:
    orders = {
        "port": port,
        "request": request.decode("latin-1"),
        "clients": clients,
        "seconds": seconds,
        "first": first,
    }
    said = subprocess.run(
        [sys.executable, "-m", "huying.config.bench.load"],
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(said.stdout)
    if found["bad"]:
        raise SystemExit(f"{found['bad']} of {found['good'] + found['bad']} were not kept")
    return found["last"], found["good"] / found["seconds"], sorted(found["latencies"])


def pgbench(home: Path, clients: int, seconds: float, *, protocol: str = "simple") -> float:
    """Commits a second that pgbench reaches with the same row, one commit at a time.

    `simple` is its own default: text, parsed each time. `prepared` spares it the parsing.
    """
    meta = {"nonce": "1372623149", "signature": "0" * 40, "timestamp": "1650000000"}
    body = BODY.format(number="1" * len(NUMBER)).encode().hex()
    script = home / "accept.sql"
    script.write_text(SCRIPT.format(body=body, meta=json.dumps(meta)))
    said = subprocess.run(
        [
            str(binaries() / "pgbench"),
            "--no-vacuum",
            f"--protocol={protocol}",
            f"--client={clients}",
            f"--jobs={min(2, clients)}",
            f"--time={max(1, round(seconds))}",
            f"--file={script}",
            database_url(home),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = (line for line in said.stdout.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


def _request(port: int, account: Account) -> bytes:
    stamp, nonce = "1650000000", "1372623149"
    query = urlencode(
        {
            "signature": signature(account.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": "oBench-linmei-000000000000001",
        }
    )
    body = BODY.format(number=NUMBER.decode()).encode()
    head = (
        f"POST /in/wechat/{account.name}?{query} HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


@contextmanager
def installation() -> Iterator[tuple[Path, int, subprocess.Popen[bytes]]]:
    """A throw-away home with a database that keeps what it commits, and its web."""
    home = Path(tempfile.mkdtemp(prefix="huying-accept-"))
    port = _free_port()
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environ |= {"HUYING_HOME": str(home), "PORT": str(port), "LOG_LEVEL": "WARNING"}
    environ |= {
        "DJANGO_SETTINGS_MODULE": "huying.config.settings",
        "WEB_PROCESSES": str(WEB_PROCESSES),
    }
    web = None
    try:
        postgres.start(home)
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity=0"], env=environ, check=True
        )
        demo.write(home / FILE, api="http://127.0.0.1:9", public_url=f"http://127.0.0.1:{port}")
        web = subprocess.Popen([sys.executable, "-m", "huying.config.serve"], env=environ)
        _wait_for(port)
        yield home, port, web
    finally:
        if web:
            web.terminate()
            web.wait()
        postgres.remove(home)
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    patience = time.monotonic() + START_WITHIN_S
    while time.monotonic() < patience:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the web did not start")


def _check(home: Path) -> None:
    """What was acknowledged is in the table and not in the journal, or the figures mean nothing."""
    with psycopg.connect(database_url(home)) as way:
        row = way.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        if row.fetchone() != ("on", "on"):
            raise SystemExit("this database does not keep what it commits")
    if list((home / "journal").glob("*")):
        raise SystemExit("messages went to the journal")


def _rss_mb(pid: int) -> float:
    """The memory of the largest process of the web, in MB. Reads /proc, so: Linux."""
    sizes = {}
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            lines = dict(
                line.split(":", 1) for line in (folder / "status").read_text().splitlines()
            )
        except (OSError, ValueError):
            continue
        parents[int(folder.name)] = int(lines["PPid"])
        sizes[int(folder.name)] = int(lines.get("VmRSS", "0 kB").split()[0]) / 1024
    family = [each for each in sizes if each == pid or parents[each] == pid]
    return max((sizes[each] for each in family), default=0.0)


def _quantile(values: Sequence[float], share: float) -> float:
    """In milliseconds."""
    return values[min(len(values) - 1, int(len(values) * share))] * 1000


def _print(
    rounds: Sequence[Sequence[Rate]], rss_mb: float, prepared: float, *, is_json: bool
) -> None:
    table = [_middle(rates) for rates in zip(*rounds, strict=True)]
    lines = ["clients   kept/s   p50 ms   p99 ms   pgbench/s"]
    lines += [
        f"{rate.clients:7}  {rate.per_s:7.0f}  {rate.p50_ms:7.1f}  {rate.p99_ms:7.1f}"
        f"  {rate.pgbench_per_s:10.0f}"
        for rate in table
    ]
    lines.append(f"pgbench with a prepared statement, {CLIENTS[-1]} clients: {prepared:.0f}/s")
    lines.append(f"largest web process: {rss_mb:.0f} MB")
    if is_json:
        ratios = [
            max(rate.per_s for rate in rates) / max(rate.pgbench_per_s for rate in rates)
            for rates in rounds
        ]
        figures = {
            "ratio": round(median(ratios), 3),
            "per_s": round(max(rate.per_s for rate in table)),
            "pgbench_per_s": round(max(rate.pgbench_per_s for rate in table)),
            "p50_ms": round(table[-1].p50_ms, 1),
            "p99_ms": round(table[-1].p99_ms, 1),
            "rss_mb": round(rss_mb),
            "pgbench_prepared_per_s": round(prepared),
        }
        lines.append(json.dumps(figures))
    sys.stdout.write("\n".join(lines) + "\n")


def _middle(rates: Sequence[Rate]) -> Rate:
    return Rate(
        rates[0].clients,
        median(rate.per_s for rate in rates),
        median(rate.p50_ms for rate in rates),
        median(rate.p99_ms for rate in rates),
        median(rate.pgbench_per_s for rate in rates),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
