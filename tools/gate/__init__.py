"""A pytest plugin on top of nbval: a stored notebook cannot be wrong and stay green.

nbval runs each cell in a kernel and compares the outputs with the stored ones. That leaves holes, and raises some false
alarms. This package closes them. It is loaded by ``-p tools.gate.plugin``, and inert until ``--gate`` switches it on:
then every notebook is run, with or without nbval's own ``--nbval``. Each part can be read, and copied, on its own:

`plugin`
    what pytest calls;
`items`
    the test items of a notebook;
`kernel`
    what a cell really shows (streams, cleared outputs, output in widgets, messages that come late), and whether the
    kernel still lives;
`pictures`
    are two pictures the same, up to fonts and rounding?
`rules`
    what can be seen in a code cell without running it: order, markers, magics, pictures;
`prose`
    links, headings, maths, alternative texts, and numbers in prose that no cell prints;
`probe`
    runs in the kernel after the last cell: every slider is moved, every thread and task is waited for.

Each notebook becomes these test items: ``stored``, ``Cell 0``, ``Cell 1``, ... and ``afterwards``. Each rule has a tiny
notebook that breaks it in ``tests/gate_notebooks/``.
"""
