"""Timings as ratios: what is compared runs in turn in one process, and medians are taken."""
