"""A df-table of our own: run pandas code and show the variable as csv-table would."""

import pandas as pd
from docutils.parsers.rst import directives
from docutils.parsers.rst.directives.tables import CSVTable
from docutils.statemachine import StringList

NAMES = {"pd": pd}
OPTIONS = {**CSVTable.option_spec, "df-arg": directives.unchanged}


class DfTable(CSVTable):
    option_spec = OPTIONS

    def run(self):
        exec("\n".join(self.content), NAMES)
        frame = NAMES[self.options.pop("df-arg", "df")]
        lines = frame.to_csv(index=False).splitlines()
        self.content = StringList(lines, source=self.content.source(0))
        return super().run()


def setup(app):
    app.add_directive("df-table", DfTable)
    return {"parallel_read_safe": True}
