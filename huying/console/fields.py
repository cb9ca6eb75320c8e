"""The fields that the forms of this door are made of."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huying.cases.models import Case
from huying.console.labels import LABELS, Label, in_language, label
from huying.places.models import Area
from huying.places.queries import gazetteer
from huying.triage.models import Assessment
from huying.units.categories import CATEGORIES
from huying.units.models import Unit
from huying.units.queries import duty_list

WORDS_MAX = 4000  # of one text; whoever needs more writes twice
LINE_MAX = 200
# A year typed as 0001 is before all times that Python can read back from the database: the case
# that holds it could never be loaded again, and would stop every list that it stands in.
MOMENT_MIN, MOMENT_MAX = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
CANDIDATES_MAX = 8  # places of one name that are shown to choose from


def text_field(title: Label, *, required: bool = True, rows: int = 3, text: Label = "") -> Any:
    return forms.CharField(
        label=title,
        required=required,
        max_length=WORDS_MAX,
        help_text=text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def line_field(title: Label, *, required: bool = True, text: Label = "") -> Any:
    return forms.CharField(label=title, required=required, max_length=LINE_MAX, help_text=text)


def moment_field(title: Label, *, text: Label = "") -> Any:
    return forms.DateTimeField(
        label=title,
        required=False,
        help_text=text,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        validators=[MinValueValidator(MOMENT_MIN), MaxValueValidator(MOMENT_MAX)],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )


def choice_field(title: Label, options: Any, *, required: bool = True) -> Any:
    return forms.ChoiceField(label=title, choices=options, required=required)


def give_options(form: forms.Form, name: str, options: Any) -> None:
    """Give a choice field the options that depend on the case or on what is loaded."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = options


def category_choices() -> list[tuple[str, str]]:
    return [(code, in_language((one.zh, one.en))) for code, one in CATEGORIES.items()]


def area_code(text: str) -> str:
    """The code of the one area that `text` names; empty for no text.

    Raises `ValidationError` when it names none, or several: it is never guessed.
    """
    text = text.strip()
    if not text or text.isdigit():
        return _known_area(text)
    codes = {found.code: found.path for found in gazetteer().find(text)}
    if not codes:
        raise forms.ValidationError(gettext("认不出这个地方，请写得完整些，或填区划代码。"))
    if len(codes) > 1:
        listed = "；".join(f"{path} {code}" for code, path in list(codes.items())[:CANDIDATES_MAX])
        raise forms.ValidationError(gettext("有几个同名的地方，请填代码：%s") % listed)
    return _known_area(next(iter(codes)))


def _known_area(code: str) -> str:
    if code and not Area.objects.filter(pk=code, retired_at=None).exists():
        raise forms.ValidationError(gettext("没有这个区划代码。"))
    return code


def detail_choices(case: Case) -> list[tuple[str, str]]:
    """What can be known of a case: what is missing first, in the order to ask."""
    assessment = Assessment.objects.filter(pk=case.pk).first()
    missing = [str(key) for key in assessment.missing] if assessment else []
    names = {key: label(key, "detail") for key in [*missing, *LABELS["detail"]]}
    return list({name: (key, name) for key, name in reversed(names.items())}.values())[::-1]


def unit_options(case: Case, at: datetime, *, without: str = "") -> list[tuple[str, Any]]:
    """Units to choose from: whose it is by the duty list first, then all by kind."""
    units = list(Unit.objects.exclude(pk=without).order_by("kind", "code"))
    names = {unit.code: unit.name for unit in units}
    owner = duty_list(at).unit_for(case.area_id, case.category)
    options: list[tuple[str, Any]] = [("", str(_("请选择单位")))]
    if owner in names:
        options.append((str(_("职责清单建议")), [(owner, names[owner])]))
    kinds = dict.fromkeys(unit.kind for unit in units)
    for kind in kinds:
        listed = [(unit.code, unit.name) for unit in units if unit.kind == kind]
        options.append((label(kind, "unit_kind"), listed))
    return options
