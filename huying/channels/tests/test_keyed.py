from huying.channels.keyed import ALPHABET, receipt, recipient_hash, seal, unseal


def test_a_repeat_gets_the_same_receipt_and_another_message_another_one() -> None:
    codes = {receipt("key", "wechat", "health", str(number)) for number in range(1000)}

    assert len(codes) == 1000
    assert receipt("key", "wechat", "health", "7") in codes
    assert receipt("key", "wechat", "civil", "7") not in codes
    assert receipt("another", "wechat", "health", "7") not in codes
    assert receipt("key", "wechat", "health", "7", turn=1) not in codes


def test_a_receipt_can_be_read_over_the_telephone() -> None:
    code = receipt("key", "wechat", "health", "7")

    assert len(code) == 12
    assert set(code) <= set(ALPHABET)
    assert not set("01ILOU") & set(ALPHABET)


def test_parts_that_only_look_alike_are_kept_apart() -> None:
    assert recipient_hash("key", "wechat", "ab", "c") != recipient_hash("key", "wechat", "a", "bc")


def test_a_sealed_token_opens_only_with_its_key() -> None:
    sealed = seal("key", "token")

    assert "token" not in sealed
    assert unseal("key", sealed) == "token"
    assert unseal("another", sealed) == ""
    assert unseal("key", "") == ""
