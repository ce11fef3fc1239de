"""The course running in a browser, as readers have it but for the version of Pyodide."""
