"""Isolated or widespread: which trouble a complaint belongs to, how many persons have it, and how many usually do.

Pure: values in, values out. Whatever is remembered is a value that goes to JSON and back, so that a restart finds
the state it left. `copies` finds what only repeats, `topics` and `grouping` say which issue, `bursts` whether more
persons than usual have it, `spread` what that makes of one complaint; `replay` runs them over a file.
`affected` says who else has it, `outreach` how a campaign to them goes on, `quiet` whether a fix held.
"""
