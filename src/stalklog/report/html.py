"""The report as one HTML file: opens offline, loads nothing, runs nothing, prints well."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from stalklog.i18n import gettext as _
from stalklog.report.base import Part
from stalklog.safety.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment
    from markupsafe import Markup

    from stalklog.report.model import Period, Report

_CHART_WIDTH: Final = 720
_CHART_HEIGHT: Final = 132
"""Of the bars alone; the words above and below come on top."""
_CHART_TOP: Final = 26
_BAR_MAX: Final = 46
_DEMAND_GAP: Final = 7
"""How far left of its month's bar the line of a demand stands."""
_LABELS_SHOWN: Final = 12
"""More names of months than this would run into one another."""


def write(report: Report) -> tuple[Part, ...]:
    """The report as one HTML file."""
    bars, anchors = chart(report.summary.periods), dict(_anchors(report))
    has_pictures = any(one.inside and one.inside.thumbnail for one in report.exhibits)
    html = render(
        "report.html.j2", has_pictures=has_pictures, report=report, chart=bars, anchors=anchors
    )
    return (Part("report.html", html),)


def render(template: str, *, has_pictures: bool = False, **values: object) -> bytes:
    """A page from a template of this package, with its style inside and its policy naming it.

    Args:
        template: Its name.
        has_pictures: Whether small pictures are in it, which are part of the page itself.
        values: What the template shows.
    """
    css = _read("report.css")
    page = _environment().get_template(template)
    written = io.BytesIO()  # as text it would take four times the memory, for one emoji in it
    for piece in page.generate(
        css=_markup(css), csp=_policy(css, has_pictures=has_pictures), **values
    ):
        written.write(piece.encode("utf-8"))
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart, in the units of the drawing."""

    x: float
    width: float
    middle: float
    threats_y: float
    threats_height: float
    messages_y: float
    messages_height: float
    total: int
    label: str
    demand_x: float
    has_demand: bool


def chart(periods: Sequence[Period]) -> tuple[Bar, ...]:
    """The bars of the chart; empty where there is nothing to draw."""
    most = max((period.threats + period.messages for period in periods), default=0)
    if most == 0:
        return ()
    step = _CHART_WIDTH / len(periods)
    every = -(-len(periods) // _LABELS_SHOWN)
    return tuple(
        _bar(period, index, step, most, is_labelled=index % every == 0)
        for index, period in enumerate(periods)
    )


def _bar(period: Period, index: int, step: float, most: int, *, is_labelled: bool) -> Bar:
    width = min(step * 0.62, _BAR_MAX)
    floor = _CHART_TOP + _CHART_HEIGHT
    threats = round(_CHART_HEIGHT * period.threats / most, 1)
    messages = round(_CHART_HEIGHT * period.messages / most, 1)
    middle = round(step * (index + 0.5), 1)
    return Bar(
        x=round(middle - width / 2, 1),
        width=round(width, 1),
        middle=middle,
        threats_y=round(floor - threats, 1),
        threats_height=threats,
        messages_y=round(floor - threats - messages, 1),
        messages_height=messages,
        total=period.threats + period.messages,
        label=period.label if is_labelled else "",
        demand_x=round(middle - width / 2 - min(_DEMAND_GAP, step * 0.12), 1),
        has_demand=period.has_demand,
    )


def _anchors(report: Report) -> Iterator[tuple[str, str]]:
    """Every id that has a place in the report, by id and by sequence number."""
    items = [
        *report.threats,
        *(demand.item for demand in report.demands),
        *report.contacts,
        *(exhibit.item for exhibit in report.exhibits),
        *report.custody,
    ]
    places = [(item.id, item.seq) for item in items]
    places += [(correction.id, correction.seq) for correction in report.corrections]
    for id_, seq in places:
        yield id_, id_
        yield f"#{seq}", id_


def _policy(css: str, *, has_pictures: bool) -> str:
    """The page's own law: nothing from outside, no script, no style but this one."""
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    pictures = ("img-src data:",) if has_pictures else ()
    rules = ("default-src 'none'", f"style-src 'sha256-{digest}'", *pictures)
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - 50 ms

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(_read),
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _
    environment.filters["base64"] = lambda data: base64.b64encode(data).decode("ascii")
    return environment


def _finalize(value: object) -> object:
    """The last gate before the page: even a text that should have been safe is made safe."""
    return safe(value, keep_newlines=True) if type(value) is str else value


def _markup(text: str) -> Markup:
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    return Markup(text)  # noqa: S704 - our own style, out of this package


def _read(name: str) -> str:
    return files("stalklog.report").joinpath("templates", name).read_text("utf-8")
