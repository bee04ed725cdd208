"""The registry in the store: who wants to hear nothing."""

from tests.store.arrived import NOW


def test_who_opted_out_and_who_is_not_to_be_contacted_are_both_left_alone(store):
    store.customers.replace([{"id": "C1", "do_not_contact": True}, {"id": "C2", "do_not_contact": False}], [])
    store.contacts.opt_out("reddit:anna", NOW, "asked by mail")

    assert store.customers.opted_out(["reddit:anna", "C1", "C2"]) == {"reddit:anna", "C1"}
