"""Kind `apprise`: everything that the Apprise library can reach, for teams without Slack or mail."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from connectors.contract import Failed, Receipt
from listener.actions.contract import Channel, InDoubt, Message, Outside, Secret
from listener.actions.reach import within


class Apprise(Channel):
    """Sends to each of `urls`, which hold tokens and are secrets. Apprise only says yes or no, never why."""

    secrets = frozenset({"urls"})

    urls: tuple[Secret, ...] = Field(min_length=1)

    def deliver(self, message: Message, outside: Outside) -> Receipt:
        services = self._services()
        try:
            refused = within(lambda: [number for number, one in enumerate(services, 1) if not _told(one, message)])
        except TimeoutError:
            raise InDoubt("Apprise did not come back in time") from None
        if refused:
            # What has reached one address must not be sent to it again for the sake of another.
            some = len(refused) < len(services)
            raise Failed(f"Apprise failed for address {_listed(refused)} of {len(services)}", permanent=some)
        return Receipt(kind="apprise", key=message.key)

    def verify(self, outside: Outside) -> None:
        """Only that Apprise understands each address."""
        self._services()

    @property
    def verified(self) -> str:
        return "its addresses are understood; `listener channels test` tells whether they take a message"

    def _services(self) -> list[Any]:
        import apprise  # half a second, so only when used

        services = [apprise.Apprise.instantiate(url.get_secret_value()) for url in self.urls]
        if wrong := [number for number, one in enumerate(services, 1) if one is None]:
            raise Failed(f"Apprise does not understand address {_listed(wrong)} of {len(services)}", permanent=True)
        return services


def _told(service: Any, message: Message) -> bool:
    import apprise

    # One at a time: over several addresses Apprise only says whether all went well.
    one = apprise.Apprise()
    one.add(service)
    return bool(one.notify(title=message.headline, body=message.plain(), body_format=apprise.NotifyFormat.TEXT))


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
