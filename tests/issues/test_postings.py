"""The columns say the same as going through all issues one by one, whatever was listed and dropped before."""

from functools import reduce
from math import sqrt
from operator import add

from hypothesis import given, settings
from hypothesis import strategies as st

from listener.issues.postings import Postings

WORDS = st.sampled_from("abcdefgh")
COUNTS = st.dictionaries(WORDS, st.integers(1, 5), max_size=6)
ORDERS = st.lists(st.tuples(st.integers(1, 9), st.none() | COUNTS), max_size=40)


def done(orders):
    """What is listed after these orders, in columns and plainly: None drops an issue."""
    postings, plain = Postings(), {}
    for issue, terms in orders:
        if terms is not None:
            postings.put(issue, 1.0 + issue, terms, plain.get(issue, {}))
            plain[issue] = terms
        elif issue in plain:
            postings.drop(issue, plain.pop(issue))
    return postings, plain


@settings(max_examples=300)
@given(ORDERS, st.dictionaries(WORDS, st.floats(0.1, 9.0), min_size=1), st.integers(1, 9))
def test_the_nearest_are_those_of_a_plain_search(orders, weights, most):
    postings, plain = done(orders)
    products = {
        # one after the other: from 3.12 on `sum` rounds more finely
        issue: reduce(add, (weight * terms[word] for word, weight in weights.items() if word in terms), 0.0)
        for issue, terms in plain.items()
    }
    length = sqrt(sum(weights.values()))
    expected = sorted(
        (product / (1.0 + issue) / length, issue, product) for issue, product in products.items() if product
    )
    found = postings.nearest(weights, most)
    assert found[:most] == expected[::-1][:most]


@given(ORDERS)
def test_words_are_counted_by_their_issues(orders):
    postings, plain = done(orders)
    words = {word for terms in plain.values() for word in terms}
    assert postings.frequency == {word: sum(word in terms for terms in plain.values()) for word in words}


def test_a_slot_is_taken_again():
    postings, _ = done([(1, {"a": 1}), (2, {"a": 2}), (1, None), (3, {"a": 3, "b": 1})])
    assert postings.nearest({"a": 1.0}, 9) == [(3 / 4, 3, 3.0), (2 / 3, 2, 2.0)]
    postings.set_norm(3, 1.0)
    assert postings.nearest({"a": 1.0}, 1) == [(3.0, 3, 3.0)]
