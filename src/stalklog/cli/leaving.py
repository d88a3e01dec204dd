"""Say what would leave the computer and to whom, before it does; a person can still say no."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stalklog.errors import DeclinedError
from stalklog.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stalklog.cli.console import Screen
    from stalklog.net import Leaving


@dataclass(slots=True)
class Consent:
    """What was told to the person in this command, and that she did not say no."""

    screen: Screen
    _agreed: set[tuple[str, str]] = field(default_factory=set)

    def tell(self, leaving: Leaving) -> None:
        """Told of each request before it is made; the same to the same machine is said once.

        Raises:
            DeclinedError: The person said no; nothing left.
        """
        if (leaving.host, leaving.what) in self._agreed:
            return
        told = _(
            "This leaves the computer: {what}. It goes to {host}, which also sees your own "
            "internet address."
        )
        self._say(told.format(what=leaving.what, host=leaving.host))
        self._agreed.add((leaving.host, leaving.what))

    def agree(self, host: str, whats: Iterable[str], told: str) -> None:
        """Tell of several requests to one machine at once, which are then not told one by one.

        Raises:
            DeclinedError: The person said no; nothing left.
        """
        self._say(told)
        self._agreed.update((host, what) for what in whats)

    def _say(self, told: str) -> None:
        self.screen.tell_prose(told, style="warn")
        if self.screen.can_ask():
            from stalklog.cli.questions import Questions  # noqa: PLC0415 - to a person only

            if not Questions(self.screen).yes(_("Ask it?"), default=True):
                raise DeclinedError(
                    _("You said no. Nothing left this computer, and nothing was changed."),
                )
