"""The limits of the network door; `contact` and `allow_private` are what an operator writes under `[net]`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork

Seconds = Annotated[float, Field(gt=0)]


class NetSettings(BaseModel):
    """The limits of every request. All times in seconds of the wall clock.

    `contact` is part of the User-Agent. `allow_private`: true lets sources and webhooks reach private
    and loopback addresses (never link-local ones, where clouds keep their secrets); a list of networks
    lets them reach exactly these. `connect` is for each address tried, `read` between two signs of life,
    `total` for the whole request with its redirects.
    `pace` is the least time between two requests to one host; this machine itself is not paced.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: str = Field(default="", pattern=r"^[\x20-\x7e]*$")
    allow_private: bool | tuple[IPvAnyNetwork, ...] = False
    connect: Seconds = 5
    read: Seconds = 5
    total: Seconds = 15
    pace: Annotated[float, Field(ge=0)] = 0.25
