"""A page of all findings, with pictures side by side."""

from html import escape

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a;
  background: #fff; }
h2 { border-top: 2px solid #bbb; padding-top: 1rem; }
article { margin: 1.5rem 0; }
pre { background: #f4f4f4; padding: 0.6rem; overflow-x: auto; white-space: pre-wrap; }
.pair { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; flex: 1 1 20rem; }
img { max-width: 100%; border: 1px solid #bbb; background: #fff; }
"""


def page(findings, rules, proved):
    """Return the page, in HTML.

    Parameters
    ----------
    findings : list of dict
        Each with "notebook", "cell", "code", "message" and "pictures".
    rules : dict
        Code -> rule.
    proved : int
        How many notebooks were proved.
    """
    count = f"{len(findings)} finding{'s' * (len(findings) != 1)} in {proved} notebook{'s' * (proved != 1)}"
    parts = [f"<h1>{count}</h1>"]
    for notebook in sorted({finding["notebook"] for finding in findings}):
        parts.append(f"<h2>{escape(notebook)}</h2>")
        parts += [article(finding, rules) for finding in findings if finding["notebook"] == notebook]
    head = f'<meta charset="utf-8"><title>{count}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{"".join(parts)}</body></html>\n'


def article(finding, rules):
    """Return what is told of one finding, in HTML."""
    rule = rules.get(finding["code"])
    title = f"{finding['code']} {rule.name if rule else ''}"
    where = f" in {escape(finding['cell'])}" if finding["cell"] else ""
    shown = "".join(
        f'<figure><img alt="{name}" src="data:image/png;base64,{encoded}"><figcaption>{name}</figcaption></figure>'
        for name, encoded in finding["pictures"].items()
    )
    remedy = f"<p>{escape(rule.asks)} {escape(rule.remedy)}</p>" if rule else ""
    words = f"<pre>{escape(finding['message'])}</pre>"
    return f'<article><h3>{escape(title)}{where}</h3>{words}<div class="pair">{shown}</div>{remedy}</article>'
