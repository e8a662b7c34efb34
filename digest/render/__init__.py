"""Show: values to text and bytes. Pure once its templates are loaded; it decides nothing and sends nothing."""
