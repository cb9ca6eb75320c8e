"""Ten thousand different pleas at once: from the first post until each is kept, ranked and offered.

A real web process takes signed WeChat messages from a crowd while one worker, this process, does
what `config/jobs_table.py` says, and notes how long each job took. The yardstick in the same run
is `pgbench` on the same server: what the machine does when nobody has to think.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from huying.channels.accounts import FILE, Account, load
from huying.channels.wechat.crypto import signature
from huying.config.bench.accept import installation, pgbench
from huying.config.postgres_folder import database_url

PLEAS = 10_000
CLIENTS = 64
DONE_WITHIN_S = 600.0
NEEDS = (
    "我妈妈尿毒症已经三天没有透析了，喘不上气，求救",
    "我老婆怀孕38周，肚子一阵一阵疼，没有医院收，求帮忙",
    "家里断粮两天了，孩子只有两岁，一天没吃东西，求送吃的",
    "我爸爸胸口疼得厉害，打不通120，救救他",
    "孩子发烧40度，刚才抽搐了，车出不去，求助",
    "外婆82岁一个人在家，胰岛素今天用完了，求帮忙买药",
    "水已经漫进一楼，家里有老人走不了，求救援",
)


def main(argv: list[str]) -> None:
    """Measure, say where the time went, and with --json the figures as the last line."""
    parser = argparse.ArgumentParser(prog="bin/bench way", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--pleas", type=int, default=PLEAS)
    chosen = parser.parse_args(argv)
    with installation() as (home, port, _):
        os.environ["HUYING_HOME"], os.environ["PORT"] = str(home), str(port)
        os.environ["DJANGO_SETTINGS_MODULE"] = "huying.config.settings"
        os.environ["DATABASE_URL"] = database_url(home)
        yardstick = pgbench(home, CLIENTS, 4.0)
        figures = _measure(home, port, chosen.pleas)
    figures["pgbench_per_s"] = round(yardstick)
    for name, value in figures.items():
        sys.stdout.write(f"{name:<16} {value}\n")
    if chosen.json:
        sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")


def _measure(home: Path, port: int, pleas: int) -> dict[str, object]:
    # Django is set up only now, when the home that its settings read is there.
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from huying.config.jobs_table import JOBS  # noqa: PLC0415

    with open(os.devnull, "w") as nowhere:
        call_command("demo", force=True, stdout=nowhere)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE channels_inbound CASCADE")  # what the yardstick wrote
    account = load(home / FILE)["wechat", "health"]
    posts = _posts(port, account, pleas)
    spent: dict[str, float] = defaultdict(float)
    began = time.monotonic()
    crowd = _start_crowd(home, port, posts)
    while time.monotonic() - began < DONE_WITHIN_S:
        pieces = 0
        for job in JOBS:
            if not job.woken:
                continue
            start = time.monotonic()
            pieces += job.run()
            spent[job.name] += time.monotonic() - start
        if not pieces and crowd.poll() is not None:
            break
    took = time.monotonic() - began
    return {**_counts(pleas, took), "spent_s": {name: round(s, 1) for name, s in spent.items()}}


def _counts(pleas: int, took: float) -> dict[str, object]:
    from huying.cases.models import Case, Entry  # noqa: PLC0415
    from huying.channels.models import Inbound  # noqa: PLC0415
    from huying.dispatch.models import Task  # noqa: PLC0415
    from huying.intake.models import Filing  # noqa: PLC0415

    first = Task.objects.filter(hop=1, lead=True).values_list("offered_at", "case__opened_at")
    ages = sorted((offered - opened).total_seconds() for offered, opened in first)
    receipts = Entry.objects.filter(kind="notices.told", data__about="receipt").count()
    return {
        "pleas": pleas,
        "kept": Inbound.objects.count(),
        "decided": Filing.objects.count(),
        "cases": Case.objects.count(),
        "ranked": Case.objects.exclude(rank=0).count(),
        "offered": len(ages),
        "lanes": dict(Counter(Case.objects.values_list("lane", flat=True))),
        "receipts": receipts,
        "seconds": round(took, 1),
        "per_s": round(pleas / took, 1),
        "p99_age_s": round(ages[int(len(ages) * 0.99)], 1) if ages else None,
    }


def _posts(port: int, account: Account, pleas: int) -> list[bytes]:
    from huying.places.models import Area  # noqa: PLC0415

    dice = random.Random(2022)
    communities = Area.objects.filter(level=5, code__startswith="4403", retired_at=None)
    places = ["".join(path.split("/")[2:]) for path in communities.values_list("path", flat=True)]
    stamp, nonce = "1650000000", "1372623149"
    query = urlencode(
        {
            "signature": signature(account.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
        }
    )
    posts = []
    for number in range(pleas):
        text = f"{dice.choice(NEEDS)}。我住{dice.choice(places)}{number % 89 + 1}栋，第{number}号"
        body = (
            "<xml><ToUserName>gh_bench</ToUserName>"
            f"<FromUserName>oBench-{number:08d}</FromUserName><CreateTime>{stamp}</CreateTime>"
            f"<MsgType>text</MsgType><Content><![CDATA[{text}，电话1990000{number % 10000:04d}]]>"
            f"</Content><MsgId>{number + 10**18}</MsgId></xml>"
        ).encode()
        head = (
            f"POST /in/wechat/{account.name}?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        posts.append(head.encode() + body)
    return posts


def _start_crowd(home: Path, port: int, posts: Sequence[bytes]) -> subprocess.Popen[bytes]:
    file = home / "posts"
    file.write_bytes(b"".join(len(post).to_bytes(4, "big") + post for post in posts))
    return subprocess.Popen(
        [sys.executable, "-m", "huying.config.bench.throng", str(port), str(CLIENTS), str(file)]
    )
