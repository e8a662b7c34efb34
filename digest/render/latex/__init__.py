"""Reading the LaTeX of titles and abstracts: symbols, spans, a small tree. Printing it is `digest.render.math`."""
