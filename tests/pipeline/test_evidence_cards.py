"""The evidence card of an issue: made once in a turn, and anew in the next."""

from listener.pipeline.evidence_cards import EvidenceCards
from listener.pipeline.issue_check import IssueCheck
from listener.pipeline.joined import Reading
from listener.store.issues import IssueFilter
from tests.pipeline.road import NOW, a_road
from tests.pipeline.test_bursts_told import QUIET, voices


def test_a_card_is_made_once_in_a_turn_and_anew_in_the_next(tmp_path):
    road = a_road(tmp_path, QUIET)
    road.says(*voices(3))
    (row,) = road.store.issues.page(IssueFilter())
    cards = EvidenceCards(IssueCheck(Reading))
    with road.store.judging.look(NOW) as turn:
        first = cards.card(turn, row.id, NOW)
        assert first is not None
        assert cards.card(turn, row.id, NOW) is first
    with road.store.judging.look(NOW) as turn:
        assert cards.card(turn, row.id, NOW) is not first
