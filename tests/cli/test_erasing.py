"""One person's data at the keyboard: taken out, and told what is wrong with a call."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from listener.model.house import AuditLine
from listener.store.engine import table
from tests.makers import a_customer, a_house


def test_somebody_is_erased_without_a_reason_and_the_audit_line_says_so(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_customer(store, "c-17")

    assert house.run("erase", "--customer", "c-17").code == 0

    with house.store() as store, store.database.read() as connection:
        assert connection.execute(select(table(AuditLine).c.why)).scalars().all()[-1:] == ["no reason was given"]
    assert house.run("export", "--customer", "c-17").code == 1


@pytest.mark.parametrize("command", ["export", "erase"])
@pytest.mark.parametrize(
    ("asked", "cure"),
    [
        ((), "--customer"),
        (("--customer", "c-17", "--handle", "forum:anna"), "--customer"),
        (("--handle", "anna"), "platform:name"),
    ],
)
def test_a_call_that_names_nobody_is_wrong_usage(tmp_path, command, asked, cure):
    told = a_house(tmp_path).run(command, *asked)

    assert told.code == 2
    assert cure in told.err
