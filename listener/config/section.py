"""What every section of config.toml is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Unknown keys are errors, values never change, defaults are read as if an operator had written them."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
