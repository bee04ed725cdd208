"""What the configured brands are called, for those who look for their names."""

from __future__ import annotations

from listener.config.sections import Config
from listener.intake import BrandNames
from listener.understanding.utterances import BrandWords


def brand_names(config: Config) -> tuple[BrandNames, ...]:
    """What finds the brands in a text."""
    return tuple(BrandNames(b.name, b.match, b.exclude, b.competitors, b.own_accounts) for b in config.brands)


def product_names(config: Config) -> tuple[BrandNames, ...]:
    """What finds their products."""
    return tuple(BrandNames(product, (product,)) for brand in config.brands for product in brand.products)


def brand_words(config: Config) -> dict[str, BrandWords]:
    """For each brand: its own names, and those of everybody else that a text may speak about."""
    names = {brand.name: (brand.name, *brand.match, *brand.products) for brand in config.brands}
    return {
        brand.name: BrandWords(
            aliases=names[brand.name],
            others=(
                *brand.competitors,
                *(word for other, words in names.items() if other != brand.name for word in words),
            ),
            products=brand.products,
        )
        for brand in config.brands
    }
