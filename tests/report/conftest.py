"""What the tests of reports share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.report.sample import sample

if TYPE_CHECKING:
    from tests.report.ledger import Ledger

    from stalklog.report.model import Report


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        default=False,
        help="write the golden reports anew: pytest tests/report --update-golden",
    )


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    return sample()


@pytest.fixture(scope="session")
def report(ledger: Ledger) -> Report:
    return ledger.report()
