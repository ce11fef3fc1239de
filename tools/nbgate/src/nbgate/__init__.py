"""A pytest plugin on top of nbval: a stored notebook cannot be wrong and stay green.

nbval runs each cell in a kernel and compares the outputs with the stored ones. That leaves holes, and raises some false
alarms. This package closes them. It is inert until ``--nbgate``, or ``nbgate = true`` in pytest's settings, switches it
on. Its README says how to use it. To read it, begin with `rules`, then `items`:

`plugin`, `hooks`
    what pytest calls, and what projects can add;
`settings`, `findings`
    what is asked for, what may be ignored for which reason; what is wrong, and how it is told;
`items`
    the test items of a notebook;
`kernel`, `shown`
    the kernel that runs it, and what a cell really shows (streams, cleared outputs, messages that come late);
`compare`, `texts`, `pictures`
    whether what came is what is stored;
`rules`
    what is asked for, one module a family;
`markdown`, `maths`
    Markdown and formulas as JupyterLab renders them;
`effects`, `probe`, `widgets`, called by `probe_call`
    run inside the kernel: what a cell hides or writes, what the cells left running, sliders moved to both ends;
`store`, `report`, `since`
    what is stored, a page of findings, and collections that were not proved before.
"""
