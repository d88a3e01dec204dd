"""What a command is: its own options, those that every command has, and help that can be read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from stalklog.cli import door
from stalklog.cli import front as fronts
from stalklog.i18n import gettext as _
from stalklog.i18n import mark

_Function = TypeVar("_Function", bound=Callable[..., None])


def command(function: _Function) -> Callable[..., None]:
    """Give a command the options that every command has, and hand it its `Front`.

    The function's first parameter is the `Front`; the rest are its own options.
    """
    own = inspect.signature(function, eval_str=True)
    return with_signature(function, list(own.parameters.values())[1:])


def with_signature(
    function: Callable[..., None], own: Sequence[inspect.Parameter]
) -> Callable[..., None]:
    """A command whose options are written down as data, not as a Python signature."""

    def run(*, context: typer.Context, **given: object) -> None:
        after = {name: given.pop(name) for name in fronts.names()}
        before = context.obj if isinstance(context.obj, dict) else {}
        front = fronts.front_of(before, after)
        try:
            function(front, **given)
            door.flush_answer()
        except KeyboardInterrupt:
            raise door.interrupted(is_saved=front.saved_by_now()) from None
        front.leave()

    return with_context(run, [*own, *fronts.parameters()])


def with_context(
    function: Callable[..., None], own: Sequence[inspect.Parameter]
) -> Callable[..., None]:
    """A function that Typer calls with its context and these options, all by name."""

    def run(**given: object) -> None:
        function(**given)

    by_name = inspect.Parameter.KEYWORD_ONLY
    context = inspect.Parameter("context", by_name, annotation=typer.Context)
    named = [parameter.replace(kind=by_name) for parameter in own]
    run.__signature__ = inspect.Signature([context, *named])  # type: ignore[attr-defined]
    run.__annotations__ = {}
    return run


@dataclass(frozen=True, slots=True)
class Deferred:
    """A command with so many options that it is put together only when it is the one that runs."""

    make: Callable[[], Callable[..., None]]
    """Puts it together: 2 ms for a log command."""


def build(
    function: Callable[..., None], *, name: str, told: str, examples: Sequence[str]
) -> PlainCommand:
    """The command that the front door runs."""
    maker = typer.Typer(add_completion=False, rich_markup_mode=None)
    shown = "\n".join(f"  {example}" for example in examples)
    epilog = f"{_('Examples')}:\n\n\b\n{shown}" if examples else None
    maker.command(name, cls=PlainCommand, help=told, epilog=epilog)(function)
    return cast("PlainCommand", typer.main.get_command(maker))


class PlainCommand(TyperCommand):
    """A command whose options are words, and whose help has one part for each panel."""

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 - typer's to name
        super().__init__(*args, **settings)
        take_words_as_they_are(self.params)

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's private types
        """The option that shows the help, spared the same machinery."""
        option = super().get_help_option(ctx)
        take_words_as_they_are([option])
        return option

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's private types
        """Write the options in the order of their panels: the few that matter first."""
        write_options(self, ctx, formatter)


def write_options(made: TyperCommand | TyperGroup, context: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's private types
    """Write the options by their panels; those that every command has come last."""
    last = fronts.panel()
    panels: dict[str, list[tuple[str, str]]] = {}
    for parameter in made.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            option, told = record
            if isinstance(parameter, TyperArgument):
                option = parameter.metavar or option
            panels.setdefault(_panel_of(parameter), []).append((option, _(told)))
    for title in sorted(panels, key=lambda name: name == last):
        with formatter.section(title):
            formatter.write_dl(panels[title])


def _panel_of(parameter: object) -> str:
    if isinstance(parameter, TyperArgument):
        return _("What it takes")
    if getattr(parameter, "name", "") == "help":
        return fronts.panel()
    return _(getattr(parameter, "rich_help_panel", None) or mark("Options"))


def take_words_as_they_are(parameters: Iterable[object]) -> None:
    """Spare each option that takes words the machinery that would turn words into words.

    Typer builds a pydantic adapter for each option of the command that runs, given or not:
    measured, 70 ms for 45 options.
    """
    for parameter in parameters:
        if not isinstance(parameter, (TyperOption, TyperArgument)):
            continue
        if parameter.type_descriptor.annotation in _WORDS:
            is_option = isinstance(parameter, TyperOption)
            parameter.__class__ = _WordsOption if is_option else _WordsArgument


class _WordsOption(TyperOption):
    """An option that takes words as they were typed."""

    def process_value(self, ctx: Any, value: Any) -> Any:  # noqa: ANN401 - typer's private types
        return _words(self, value, ctx, super().process_value)


class _WordsArgument(TyperArgument):
    """An argument that takes words as they were typed."""

    def process_value(self, ctx: Any, value: Any) -> Any:  # noqa: ANN401 - typer's private types
        return _words(self, value, ctx, super().process_value)


_WORDS = (str, list[str], bool)


def _words(
    parameter: TyperOption | TyperArgument,
    value: Any,  # noqa: ANN401 - whatever was typed
    context: Any,  # noqa: ANN401 - typer's private type
    otherwise: Callable[[Any, Any], Any],
) -> Any:  # noqa: ANN401 - whatever was typed
    if parameter.required and not value:
        return otherwise(context, value)
    is_many = parameter.multiple or parameter.nargs == -1
    words = tuple(value or ()) if is_many else value
    return words if parameter.callback is None else parameter.callback(context, parameter, words)
