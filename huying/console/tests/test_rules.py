from huying.console.rules import Piece, Reason, marked, reasons_of, shortened

WORDS = "我妈透析停了三天，喘不上气"


def test_words_are_marked_where_a_reason_rests_on_them() -> None:
    reason = Reason("dialysis", "透析停了三天", "透析中断", 2, 8)
    assert marked(WORDS, WORDS, [reason]) == [
        Piece("我妈"),
        Piece("透析停了三天", ("透析中断",)),
        Piece("，喘不上气"),
    ]


def test_a_span_that_does_not_fit_is_looked_for_instead() -> None:
    reason = Reason("breathing", "喘不上气", "呼吸困难", 90, 94)
    assert marked(WORDS, WORDS, [reason])[-1] == Piece("喘不上气", ("呼吸困难",))


def test_a_reason_whose_words_are_not_there_marks_nothing() -> None:
    assert marked(WORDS, WORDS, [Reason("x", "胸痛"), Reason("model", "")]) == [Piece(WORDS)]


def test_reasons_that_overlap_share_the_words_between_them() -> None:
    pieces = marked("ABCD", "ABCD", [Reason("one", "ABC"), Reason("two", "CD")])
    assert pieces == [Piece("AB", ("one",)), Piece("C", ("one", "two")), Piece("D", ("two",))]


def test_what_is_marked_is_shown_masked() -> None:
    words, shown = "打19900001234找我", "打199******34找我"
    pieces = marked(words, shown, [Reason("phone", "19900001234", "电话")])
    assert "".join(piece.text for piece in pieces) == shown


def test_no_words_give_no_pieces() -> None:
    assert marked("", "", [Reason("x", "胸痛")]) == []


def test_reasons_that_were_stored_strangely_are_left_out() -> None:
    rows = [{"rule": "a", "words": "b", "start": "0"}, "nonsense", {"words": None}]
    assert reasons_of(rows) == [Reason("a", "b"), Reason("model", "")]
    assert reasons_of(None) == []


def test_a_row_has_one_short_line() -> None:
    assert shortened("一\n二  三", 10) == "一 二 三"
    assert shortened("一二三四五", 4) == "一二三…"
