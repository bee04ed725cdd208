"""Answering in public through a spec: one answer to each item, so that sending it again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.answers import accepted, as_failure
from connectors.contract import Failed, GiveUp, Receipt, Response, TryLater
from connectors.json_api_auth import prove
from connectors.json_api_evaluate import Evaluation
from connectors.json_api_site import Call, Site, read_json
from connectors.json_api_spec import Reply, Request, Spec
from connectors.json_api_words import Param

# what a further attempt cannot change
PERMANENT = frozenset((404, 410))


def send_reply(spec: Spec, site: Site, values: Mapping[str, Param], said: Mapping[str, str]) -> Receipt:
    """Put our answer up. `values` are parameters and secrets, `said` reference, text and key. Raises Failed."""
    reply = _able(spec)
    if len(said["text"]) > reply.limit:
        why = f"the site takes {reply.limit} characters, this answer has {len(said['text'])}: shorten it"
        raise Failed(why, permanent=True)
    answer = _asked(spec, reply, reply.request, site, values, said)
    try:
        accepted(answer)
    except (TryLater, GiveUp) as refusal:
        raise Failed(str(refusal), permanent=answer.status in PERMANENT) from None
    return Receipt("reply", said["reference"])


def look_up_reply(spec: Spec, site: Site, values: Mapping[str, Param], said: Mapping[str, str]) -> Receipt | None:
    """The answer that stands at the site; these sites hold one, so whatever stands there is ours. Raises Failed."""
    reply = _able(spec)
    answer = _asked(spec, reply, reply.find.request, site, values, said)
    # no such review any more, or no reply to it: either way nothing of ours stands there
    if answer.status == 404:
        return None
    try:
        data = read_json(accepted(answer))
    except (TryLater, GiveUp) as refusal:
        raise Failed(str(refusal)) from None
    return Receipt("reply", said["reference"]) if Evaluation({})(reply.find.text, data) else None


def _able(spec: Spec) -> Reply:
    if spec.reply is None:
        raise Failed("this site takes no replies through its interface: answer there by hand", permanent=True)
    return spec.reply


def _asked(
    spec: Spec, reply: Reply, request: Request, site: Site, values: Mapping[str, Param], said: Mapping[str, str]
) -> Response:
    with as_failure():
        proof = prove(reply.auth or spec.auth, site, values)
        call: Call = site.call(request, {**values, **said})
        return site.ask(call, proof)
