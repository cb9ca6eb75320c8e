"""What people need help with: one tree, two levels, named by what is needed, not by who does it.

The duty list says which unit answers for which category; a category that has no line of its own
falls to its group, and a group without one to ANY. `local` is the code of the city's own
catalogue (each city has one), for exchange with its hotline; ours never changes.
"""

from dataclasses import dataclass

ANY = "*"  # in a duty line: whatever it is


@dataclass(frozen=True)
class Category:
    """A kind of need."""

    code: str
    zh: str
    en: str
    group: str = ""  # empty for a group itself
    local: str = ""


GROUPS: dict[str, Category] = {
    group.code: group
    for group in (
        Category("life", "生命安全", "Life and safety"),
        Category("health", "医疗卫生", "Health"),
        Category("living", "生活保障", "Basic living"),
        Category("city", "城市运行", "Running of the city"),
        Category("governance", "政务与秩序", "Policy and order"),
    )
}

CATEGORIES: dict[str, Category] = {
    category.code: category
    for category in (
        Category("rescue", "被困救援", "Rescue", "life"),
        Category("missing", "寻人", "Missing person", "life"),
        Category("medical", "就医住院", "Medical care", "health"),
        Category("maternal", "孕产妇与新生儿", "Pregnancy and newborn", "health"),
        Category("chronic", "透析放化疗等长期治疗", "Dialysis, cancer, long treatment", "health"),
        Category("medicine", "药品与医疗器械", "Medicine and devices", "health"),
        Category("psych", "心理援助", "Psychological help", "health"),
        Category("supplies", "生活物资", "Food and goods", "living"),
        Category("shelter", "临时住所", "Shelter", "living"),
        Category("livelihood", "生计救助", "Livelihood", "living"),
        Category("education", "教育", "Education", "living"),
        Category("transport", "交通出行", "Transport and passes", "city"),
        Category("utilities", "水电气网", "Water, power, gas, network", "city"),
        Category("housing", "住房与物业", "Housing", "city"),
        Category("environment", "环境与道路", "Environment and roads", "city"),
        Category("policy", "政策咨询", "Policy and rules", "governance"),
        Category("public_order", "治安与市场秩序", "Public order", "governance"),
        Category("other", "其他", "Other", "governance"),
    )
}


def ancestors(code: str) -> tuple[str, ...]:
    """What `code` belongs to, nearest first, without itself: `maternal` → (`health`, `*`).

    A code nobody knows belongs to ANY, so that it still finds the backstop.
    """
    known = CATEGORIES.get(code)
    return (known.group, ANY) if known else (ANY,)


def chain(code: str) -> tuple[str, ...]:
    """`code` and its ancestors: the order in which the duty list is asked."""
    return (code, *ancestors(code)) if code and code != ANY else (ANY,)
