"""Translations, from what people edit to what gettext reads."""

import gettext
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command

from huying.citizen.catalogue import BadCatalogue, compiled

PO = """
# A comment.
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: somewhere
msgid "收到"
msgstr "Received"

msgid "一行\\n"
"两行"
msgstr "one \\"line\\"\\n"
"two"

msgid "%(n)s 封"
msgid_plural "%(n)s 封"
msgstr[0] "%(n)s message"
msgstr[1] "%(n)s messages"

#, fuzzy
msgid "也许"
msgstr "Perhaps"

msgid "没有"
msgstr ""
"""


def test_a_catalogue_says_what_its_text_says() -> None:
    catalogue = gettext.GNUTranslations(BytesIO(compiled(PO)))

    assert catalogue.gettext("收到") == "Received"
    assert catalogue.gettext("一行\n两行") == 'one "line"\ntwo'
    assert catalogue.ngettext("%(n)s 封", "%(n)s 封", 2) == "%(n)s messages"
    assert catalogue.gettext("也许") == "也许"
    assert catalogue.gettext("没有") == "没有"


@pytest.mark.parametrize("line", ["msgid 收到", 'msg "收到"', '"nowhere"'])
def test_a_broken_line_is_named(line: str) -> None:
    with pytest.raises(BadCatalogue, match="not a line"):
        compiled(line)


def test_every_catalogue_in_the_repository_is_compiled() -> None:
    output = StringIO()

    call_command("translations", "--check", stdout=output)

    assert output.getvalue() == ""
