"""Reading what was typed. Only the words are wanted; whatever else is missing is asked for later.

No Django forms: nothing here may refuse a plea for being incomplete or oddly written, and what
is too much is refused in one place, `channels.web.form`.
"""

from django.http import HttpRequest

from huying.channels.web.form import FormRefused, Upload

TYPED = ("name", "proxy", "phone", "place")
# Said in words, and in Chinese whatever language the page was in: intake puts them beside the
# person's own words, where triage and the officers read them.
FOR_ANOTHER = "他人，本人代为求助"
TEXT_ONLY = "不方便接电话，请用文字联系"


def read_plea(request: HttpRequest) -> tuple[dict[str, str], list[Upload]]:
    """The fields by the names that intake knows, and the files.

    Raises `FormRefused`: empty, when there are neither words nor a file.
    """
    given = {name: request.POST.get(name, "").strip() for name in TYPED}
    given["text"] = words(request)
    given["for_whom"] = FOR_ANOTHER if request.POST.get("for_whom") == "other" else ""
    given["contact"] = TEXT_ONLY if request.POST.get("no_calls") else ""
    # A browser sends one nameless file of no bytes when nothing was chosen.
    files = [
        Upload(name=file.name or "", content=file.read())
        for file in request.FILES.getlist("files")
        if file.size
    ]
    if not given["text"] and not files:
        raise FormRefused("text", "empty")
    return {name: value for name, value in given.items() if value}, files


def words(request: HttpRequest) -> str:
    """The words, with line ends as the browser counted them against the limit."""
    return request.POST.get("words", "").replace("\r\n", "\n").strip()
