"""The course running in a browser, by JupyterLite: nothing is installed, and no server computes.

`python -m tools.lite` builds it. The notebooks are the stored ones, and the helpers one wheel that the lock file of
Pyodide, the Python in the browser, knows: what a cell imports is loaded just then. `lock` adds to that file; `local`
builds the same with a Pyodide that is all here, so that a test needs no other server.
"""
