"""What is wrong with rules that read well one by one: law, ties, rules that can never do anything, missing tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import combinations

from rules.catalogue import field_named
from rules.clauses import Clause
from rules.problems import Problem, nearest
from rules.rule import Rule
from rules.terms import Value

FEELING = frozenset({"sentiment", "rating", "score", "drivers", "intent", "survey.score"})
YES: frozenset[Value] = frozenset({True})
NO: frozenset[Value] = frozenset({False})
NEVER = frozenset({"author.is_us", "author.is_machine"})  # no rule matches what these say
PUBLIC_ASKS = frozenset({"ask_to_share", "invite_reference"})
CLOCK = frozenset({"hour", "weekday"})
ACTING = frozenset({"ask", "live"})
FEW = 40  # up to so many rules every pair is looked at; more are divided by what they test first


def refusals(rules: tuple[Rule, ...], whole: bool = True) -> Iterator[Problem]:
    """What no rule book may hold: gifts for praise, and blocks of rules that do not exist.

    Not `whole`: a file could not be read, and which rules do not exist is not known.
    """
    names = {rule.id for rule in rules}
    for rule in rules:
        yield from _incentive(rule)
        for name in rule.blocks.rules if rule.blocks else ():
            if whole and name not in names and rule.blocks:
                yield Problem(rule.file, rule.blocks.line, 1, f"blocks an unknown rule '{name}'", nearest(name, names))


def lints(rules: tuple[Rule, ...], zone: tzinfo | None = None) -> Iterator[Problem]:
    """What check refuses and the daemon can live with. `zone` is the installation's, None where it is not known."""
    for rule in rules:
        yield from _untested(rule)
        yield from _unlimited(rule)
        yield from _gating(rule)
        yield from _never(rule)
        yield from _unaffordable(rule)
        yield from _other_clock(rule, zone)
    yield from _duplicates(rules)
    yield from _shadowed(rules)
    yield from _ties(rules)


def _problem(rule: Rule, what: str, cure: str, line: int = 0) -> Problem:
    return Problem(rule.file, line or rule.line, 1, f"rule '{rule.id}' {what}", cure)


def _incentive(rule: Rule) -> Iterator[Problem]:
    orders = {step.action.name for step in rule.steps}
    if "send_gift" in orders and orders & PUBLIC_ASKS and rule.reads & FEELING:
        asks = ", ".join(sorted(orders & PUBLIC_ASKS))
        what = f"gives a gift and asks ({asks}) depending on {', '.join(sorted(rule.reads & FEELING))}"
        cure = (
            "16 CFR 465.4 forbids an incentive that depends on a review's sentiment, even by implication: "
            "keep the gift here and ask everybody, in a rule of its own that tests no sentiment and no rating"
        )
        yield _problem(rule, what, cure)


def _gating(rule: Rule) -> Iterator[Problem]:
    for step in rule.steps:
        if step.action.name == "ask_to_share" and rule.reads & FEELING:
            cure = "ask without regard to sentiment: sites ban asking only the happy (review gating)"
            yield _problem(rule, "asks only some to share, by how they feel", cure, step.line)


def _untested(rule: Rule) -> Iterator[Problem]:
    if rule.mode == "live" and not any(example.expect for example in rule.examples):
        yield _problem(rule, "is live without a test in which it does something", "add one under tests:")
    if rule.mode == "live" and all(example.expect for example in rule.examples):
        yield _problem(rule, "is live without a test in which it does nothing", "add one with expect: nothing")


def _unlimited(rule: Rule) -> Iterator[Problem]:
    for step in rule.steps:
        if step.action.public and not step.limits and rule.mode != "off":
            cure = f"write limits: {{{step.action.name}: {{per_person: 1 per 7d}}}}"
            yield _problem(rule, f"orders '{step.action.name}' in public without a limit", cure, step.line)


def _unaffordable(rule: Rule) -> Iterator[Problem]:
    for step in rule.steps:
        for limit in step.limits:
            if limit.reach == "budget" and step.cost and step.cost.cents > limit.cap.amount:
                what = f"can never do '{step.action.name}': one costs more than the budget of {limit.cap.says}"
                yield _problem(rule, what, "raise the budget, or lower the cost", limit.line)


def _other_clock(rule: Rule, zone: tzinfo | None) -> Iterator[Problem]:
    """A mention has one hour and one day, the same for all files."""
    if zone is None or str(zone) == str(rule.zone):
        return
    conditions = (rule.when, *(step.only_if for step in rule.steps if step.only_if))
    for clause in (leaf for condition in conditions for leaf in condition.leaves() if leaf.field in CLOCK):
        what = f"tests the {clause.field} of the installation's timezone {zone}, not of this file's {rule.zone}"
        cure = f'write timezone = "{rule.zone}" in config.toml, or take it out of this file'
        yield _problem(rule, what, cure, clause.line)


def _needed(rule: Rule) -> Iterator[Clause]:
    """The clauses that must all hold, those of a nested `all` or of an `any` of one too."""
    pending = [rule.when]
    while pending:
        clause = pending.pop(0)
        if clause.joined == "all" or (clause.joined == "any" and len(clause.parts) == 1):
            pending = [*clause.parts, *pending]
        else:
            yield clause


def _single(clause: Clause) -> bool:
    """Whether the field of the clause has one value at a time."""
    known = field_named(clause.field)
    return known is not None and known.type not in ("names", "column")


def _never(rule: Rule) -> Iterator[Problem]:
    needed = list(_needed(rule))
    for clause in needed:
        if why := _vain(clause):
            yield _problem(rule, f"can never match: {why}", "change it, or leave the rule out", clause.line)
    for one, other in combinations(needed, 2):
        if _at_odds(one, other):
            what = f"can never match: '{_meaning(one)}' and '{_meaning(other)}' exclude each other"
            yield _problem(rule, what, "write one of them, or put both under any:", other.line)


def _vain(clause: Clause) -> str:
    """Why one clause never holds, "" where it may."""
    known = field_named(clause.field)
    if clause.field in NEVER and clause.allowed == YES:
        return f"'{clause.says}' asks for what no rule sees, posts of own accounts and of machines"
    if known and known.within and clause.span and _outside(clause.span, known.within):
        return f"'{clause.says}', but {clause.field} goes from {known.within[0]:g} to {known.within[1]:g}"
    return ""


def _at_odds(one: Clause, other: Clause) -> bool:
    """Whether two clauses can never hold together."""
    if one.field and one.field == other.field:
        return _absent(one) is not _absent(other) or (_single(one) and _apart(one, other))
    return any(_denied(a, b) or _no_customer(a, b) for a, b in ((one, other), (other, one)))


def _absent(clause: Clause) -> bool:
    """Whether it asks for no value at all; a value that is called so is one of `allowed`."""
    return clause.says == f"{clause.field}: unknown" and clause.allowed is None


def _denied(one: Clause, other: Clause) -> bool:
    return one.joined == "none" and _meaning(other) in map(_meaning, one.parts)


def _no_customer(one: Clause, other: Clause) -> bool:
    """Whether one wants strangers and the other something that only customers have."""
    if one.field != "customer.known" or one.allowed != NO or not other.field.startswith("customer."):
        return False
    known = field_named(other.field)
    return known is not None and known.default is None and not _absent(other)


def _apart(one: Clause, other: Clause) -> bool:
    """Whether two clauses about the same field can never hold together."""
    if one.allowed is not None and other.allowed is not None and one.allowed.isdisjoint(other.allowed):
        return True
    return one.span is not None and other.span is not None and _outside(one.span, other.span)


def _outside(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] > other[1] or other[0] > one[1]


def _meaning(clause: Clause) -> str:
    if not clause.joined:
        return clause.says
    return f"{clause.joined}({'; '.join(sorted(map(_meaning, clause.parts)))})"


def _duplicates(rules: tuple[Rule, ...]) -> Iterator[Problem]:
    first: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        orders = tuple(
            (s.action.name, tuple(sorted((k, str(v)) for k, v in s.options.items())), s.only_if and _meaning(s.only_if))
            for s in rule.steps
        )
        before = first.setdefault((_meaning(rule.when), orders), rule)
        if before is not rule and rule.mode != "off" and before.mode != "off":
            yield _problem(rule, f"says the same as '{before.id}' in {before.file}:{before.line}", "keep one of them")


def _shadowed(rules: tuple[Rule, ...]) -> Iterator[Problem]:
    by_id = {rule.id: rule for rule in rules}
    for blocker in rules:
        asked = {_meaning(clause) for clause in blocker.when.parts}
        for name in blocker.blocks.rules if blocker.blocks and blocker.mode in ACTING else ():
            blocked = by_id.get(name)
            if blocked and asked <= {_meaning(clause) for clause in blocked.when.parts}:
                what = f"can never act: '{blocker.id}' blocks it and matches whenever it does"
                yield _problem(blocked, what, "take it out of blocks:, or narrow the other rule")


def _ties(rules: tuple[Rule, ...]) -> Iterator[Problem]:
    groups: dict[int, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.mode in ACTING and _claims(rule):
            groups[rule.priority].append(rule)
    told = set()
    for group in groups.values():
        for one, other in _pairs(group):
            shared = _contested(one, other)
            if shared and (one.id, other.id) not in told and not _exclude(one, other):
                told.add((one.id, other.id))
                cure = "give one of them a higher priority, or conditions that exclude each other"
                yield _problem(other, f"ties with '{one.id}' ({one.file}:{one.line}): both may {shared}", cure)


def _claims(rule: Rule) -> set[str]:
    names = {step.action.name for step in rule.steps}
    public = {"answer in public" for step in rule.steps if step.action.public}
    return public | (names & {"send_gift"}) | (names & PUBLIC_ASKS)


def _contested(one: Rule, other: Rule) -> str:
    mine, theirs = _claims(one), _claims(other)
    for claim in ("answer in public", "send_gift"):
        if claim in mine and claim in theirs:
            return claim.replace("send_gift", "give a gift")
    gift_and_ask = ("send_gift" in mine and theirs & PUBLIC_ASKS) or ("send_gift" in theirs and mine & PUBLIC_ASKS)
    return "claim the same person, one with a gift and one with an ask" if gift_and_ask else ""


def _exclude(one: Rule, other: Rule) -> bool:
    asked = defaultdict(list)
    for clause in filter(_single, _needed(one)):
        asked[clause.field].append(clause)
    return any(_apart(mine, theirs) for theirs in filter(_single, _needed(other)) for mine in asked[theirs.field])


def _pairs(rules: list[Rule]) -> Iterable[tuple[Rule, Rule]]:
    """Pairs that might match together; many rules are first divided by the field that tells most of them apart."""
    if len(rules) <= FEW:
        return combinations(rules, 2)
    choices = [{c.field: c.allowed for c in _needed(rule) if _single(c) and c.allowed} for rule in rules]
    tested: dict[str, int] = defaultdict(int)
    for choice in choices:
        for name in choice:
            tested[name] += 1
    if not tested:
        return combinations(rules, 2)
    return _divided(rules, choices, max(tested, key=lambda name: tested[name]))


def _divided(rules: list[Rule], choices: list[dict[str, frozenset[Value]]], name: str) -> Iterator[tuple[Rule, Rule]]:
    open_to_all = [rule for rule, choice in zip(rules, choices, strict=True) if name not in choice]
    buckets: dict[Value, list[Rule]] = defaultdict(list)
    for rule, choice in zip(rules, choices, strict=True):
        for value in choice.get(name, ()):
            buckets[value].append(rule)
    yield from combinations(open_to_all, 2)
    for bucket in buckets.values():
        yield from combinations(bucket, 2)
        yield from ((one, other) for one in open_to_all for other in bucket)
