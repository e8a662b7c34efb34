"""When things are done: the timetable of a site, and the one process that keeps to it.

`timetable` and `moments` are pure; `works` says what each job does, `runner` does it once, `clock` waits.
"""
