"""What a command is: its own options, those that every command has, and help that can be read."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption

from stalklog.cli import front as fronts
from stalklog.i18n import gettext as _

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

    @functools.wraps(function)
    def run(*, context: typer.Context, **given: object) -> None:
        after = {name: given.pop(name) for name in fronts.names()}
        before = context.obj if isinstance(context.obj, dict) else {}
        function(fronts.front_of(before, after), **given)

    context = inspect.Parameter(
        "context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context
    )
    named = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    signature = inspect.Signature([context, *named, *fronts.parameters()])
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {}
    return run


def build(
    function: Callable[..., None], *, name: str, told: str, examples: Sequence[str]
) -> TyperCommand:
    """The command that the front door runs."""
    maker = typer.Typer(add_completion=False, rich_markup_mode=None)
    shown = "\n".join(f"  {example}" for example in examples)
    epilog = f"{_('Examples')}:\n\n\b\n{shown}" if examples else None
    maker.command(name, cls=PlainCommand, help=told, epilog=epilog)(function)
    made = typer.main.get_command(maker)
    if not isinstance(made, TyperCommand):
        raise TypeError(name)
    return made


class PlainCommand(TyperCommand):
    """A command whose options are words, and whose help has one part for each panel."""

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 - typer's to name
        super().__init__(*args, **settings)
        for parameter in self.params:
            _take_words_as_they_are(parameter)

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's private types
        """Write the options in the order of their panels: the few that matter first."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            is_argument = isinstance(parameter, TyperArgument)
            panel = getattr(parameter, "rich_help_panel", None)
            title = panel or (_("What it takes") if is_argument else _("Options"))
            panels.setdefault(title, []).append(record)
        last = _("On every command")
        for title in sorted(panels, key=lambda name: name == last):
            with formatter.section(title):
                formatter.write_dl(panels[title])


class _WordsOption(TyperOption):
    """An option that takes words as they were typed."""

    def process_value(self, ctx: Any, value: Any) -> Any:  # noqa: ANN401 - typer's private types
        return _words(self, value, ctx, super().process_value)


class _WordsArgument(TyperArgument):
    """An argument that takes words as they were typed."""

    def process_value(self, ctx: Any, value: Any) -> Any:  # noqa: ANN401 - typer's private types
        return _words(self, value, ctx, super().process_value)


def _take_words_as_they_are(parameter: object) -> None:
    # Typer builds a pydantic adapter for each option of the command that runs, given or not:
    # 70 ms for 45 options, to turn words into the same words.
    if isinstance(parameter, TyperOption) and parameter.type_descriptor.annotation in _WORDS:
        parameter.__class__ = _WordsOption
    elif isinstance(parameter, TyperArgument) and parameter.type_descriptor.annotation in _WORDS:
        parameter.__class__ = _WordsArgument


_WORDS = (str, list[str])


def _words(
    parameter: TyperOption | TyperArgument,
    value: Any,  # noqa: ANN401 - whatever was typed
    context: Any,  # noqa: ANN401 - typer's private type
    otherwise: Callable[[Any, Any], Any],
) -> Any:  # noqa: ANN401 - whatever was typed
    if parameter.required and not value:
        return otherwise(context, value)
    is_many = parameter.multiple or parameter.nargs == -1
    return tuple(value or ()) if is_many else value
