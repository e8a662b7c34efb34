"""The command line: reads arguments and the clock, calls one verb, shows what came of it."""
