"""Advocacy: references, their uses, referrals and the share rate, as pure values; the store keeps them."""
