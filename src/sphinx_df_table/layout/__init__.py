"""Columns of cells → :class:`~sphinx_df_table.model.table.Table`; without pandas."""
