import logging
import os
import stat
from pathlib import Path

import pytest

from huying.channels import accounts as accounts_module
from huying.channels import demo
from huying.channels.accounts import AccountFile, AccountsUnusable, load
from huying.channels.tests.accounts import HEALTH, write


def test_what_an_operator_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "channels.toml"
    write(path, HEALTH)

    assert load(path) == {("wechat", "health"): HEALTH}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[account]\n", "line 1"),
        ('[[account]]\nchannel = "wechat"\n', "name is missing"),
        ('[[account]]\nchannel = "web"\nname = "A b"\n', "name may only have"),
        ('[[account]]\nchannel = "web"\nname = "a"\ncolour = "red"\n', "colour is not a field"),
        ('[[account]]\nchannel = "web"\nname = "a"\nreply = "yes"\n', "reply must be bool"),
        ('[[account]]\nchannel = "web"\nname = "a"\nwindow_hours = 0\n', "must be 1 or more"),
        ('[[account]]\nchannel = "fax"\nname = "a"\n', "channel must be one of web, wechat"),
        ('[[account]]\nchannel = "web"\nname = "a"\n' * 2, "web/a is there twice"),
        ('[[account]]\nchannel = "wechat"\nname = "a"\n', "token is missing"),
        ('[[account]]\nchannel="wechat"\nname="a"\ntoken="t"\napp_id="w"\n', "give aes_key"),
        ('[[account]]\nchannel = "web"\nname = "a"\naes_key = "x"\n', "43 characters"),
        ('[[account]]\nchannel = "web"\nname = "a"\napi = "ftp://x"\n', "must begin with http"),
        ("account = 3\n", "only [[account]]"),
        ("account = [3]\n", "not a table"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "channels.toml"
    path.write_text(text)

    with pytest.raises(AccountsUnusable) as failure:
        load(path, channels={"web", "wechat"})

    assert told in str(failure.value)
    assert str(path) in str(failure.value)


def test_no_secret_is_in_what_could_be_logged() -> None:
    for secret in (HEALTH.token, HEALTH.aes_key, HEALTH.previous_aes_key, HEALTH.app_secret):
        assert secret not in repr(HEALTH)


def test_an_edit_is_in_force_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts_module, "LOOK_AGAIN_S", -1)
    path = tmp_path / "channels.toml"
    write(path, HEALTH)
    file = AccountFile(path)
    assert file.find("wechat", "health")
    assert not file.find("web", "site")

    path.write_text(path.read_text() + '[[account]]\nchannel = "web"\nname = "site"\n')

    assert file.find("web", "site")


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_mistake_in_an_edit_does_not_make_us_deaf(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    is_gone: bool,
) -> None:
    monkeypatch.setattr(accounts_module, "LOOK_AGAIN_S", -1)
    path = tmp_path / "channels.toml"
    write(path, HEALTH)
    file = AccountFile(path)
    file.all()

    if is_gone:
        path.unlink()
    else:
        path.write_text("[[account]\n")

    with caplog.at_level(logging.ERROR):
        assert file.find("wechat", "health") == HEALTH
    assert "stay in force" in caplog.text


def test_without_a_file_nobody_is_found_and_the_reason_is_told(tmp_path: Path) -> None:
    with pytest.raises(AccountsUnusable):
        AccountFile(tmp_path / "channels.toml").all()


def test_the_demo_has_secrets_of_its_own_and_is_written_once(tmp_path: Path) -> None:
    path, other = tmp_path / "a" / "channels.toml", tmp_path / "b" / "channels.toml"

    assert demo.write(path, api="http://127.0.0.1:9999", public_url="http://127.0.0.1:8000")
    assert not demo.write(path, api="http://127.0.0.1:9999", public_url="http://127.0.0.1:8000")
    demo.write(other, api="http://127.0.0.1:9999", public_url="http://127.0.0.1:8000")

    accounts = load(path)
    assert {key: account.desk for key, account in accounts.items()} == {
        ("wechat", "health"): "sz-health",
        ("wechat", "civil"): "sz-civil",
        ("wechat", "zhengzhou"): "zz-desk",
        ("web", "site"): "sz-health",
    }
    assert len({account.token for account in (accounts | load(other)).values()}) == 4
    assert accounts["wechat", "health"].token != load(other)["wechat", "health"].token
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_the_demo_follows_this_machine_to_another_port_and_keeps_its_secrets(
    tmp_path: Path,
) -> None:
    path = tmp_path / "channels.toml"
    demo.write(path, api="http://127.0.0.1:9999", public_url="http://127.0.0.1:8000")
    before = load(path)["wechat", "health"]

    assert demo.write(path, api="http://127.0.0.1:7777", public_url="http://127.0.0.1:8888")

    after = load(path)["wechat", "health"]
    assert (after.api, after.public_url) == ("http://127.0.0.1:7777", "http://127.0.0.1:8888")
    assert after.token == before.token


def test_the_demo_leaves_what_an_operator_wrote(tmp_path: Path) -> None:
    path = tmp_path / "channels.toml"
    path.write_text('[[account]]\nchannel = "web"\nname = "a"\npublic_url = "https://x.cn"\n')

    assert not demo.write(path, api="http://127.0.0.1:7777", public_url="http://127.0.0.1:8888")
    assert load(path)["web", "a"].public_url == "https://x.cn"
