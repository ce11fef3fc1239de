"""Pages in HTML, made of notebooks by nbconvert or by JupyterLab's menu, hold the words of pictures."""

# ruff: noqa: F821 - Jupyter's own
c.HTMLExporter.template_name = "course"
# These build on it, and have templates of their own.
c.SlidesExporter.template_name = "reveal"
c.WebPDFExporter.template_name = "webpdf"
