"""Text → Verdict: language, normalising, engine, lexicon packs, scope, stars, topics, drivers, intent."""
