"""Print the cells of all tables in the XML that Sphinx has built, one row a line."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

folder = Path(sys.argv[1])
for path in sorted(folder.rglob("*.xml")):
    for table in ET.parse(path).iter("table"):
        print(path.relative_to(folder), table.findtext("title"))
        for row in table.iter("row"):
            texts = ("".join(cell.itertext()) for cell in row)
            print("   ", " | ".join(" ".join(text.split()) for text in texts))
