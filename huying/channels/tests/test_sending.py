import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.channels.sending import parts


@given(st.text(), st.integers(min_value=4, max_value=60))
def test_parts_fit_and_lose_nothing_but_space(text: str, bytes_max: int) -> None:
    text = text.encode("utf-8", "replace").decode()

    pieces = parts(text, bytes_max=bytes_max)

    assert all(len(piece.encode()) <= bytes_max for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("一二三", ["一二三"]),
        ("一二三四", ["一二三", "四"]),
        ("一二\n三四", ["一二", "三四"]),
        ("", [""]),
    ],
)
def test_text_is_cut_between_letters_and_rather_between_lines(text: str, pieces: list[str]) -> None:
    assert parts(text, bytes_max=9) == pieces
