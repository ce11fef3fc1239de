"""Tools for authors: storing, checking and measuring the course."""
