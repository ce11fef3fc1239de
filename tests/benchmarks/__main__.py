"""Run all benchmarks, or those named: ``python -m tests.benchmarks [NAME ...]``."""

import importlib
import pkgutil
import sys

import tests.benchmarks

names = sys.argv[1:] or [info.name for info in pkgutil.iter_modules(tests.benchmarks.__path__) if info.name[0] != "_"]
for name in names:
    print(f"\n## {name}\n", flush=True)
    importlib.import_module(f"tests.benchmarks.{name}").main()
