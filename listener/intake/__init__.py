"""Item → Mention: plain text, identity, brand match, duplicates, edits."""

from listener.intake.arrive import Intake, Origin, identity, writable
from listener.intake.brands import Brands
from listener.intake.brands import BrandWords as BrandNames

__all__ = ["BrandNames", "Brands", "Intake", "Origin", "identity", "writable"]
