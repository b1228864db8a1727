/* What a reader can do with the tables of df-table, which are whole without this. */
(() => {
  "use strict";

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const textOf = (cell) => cell.textContent.trim();
  const fill = (words, value) => words.replace("{}", () => value);
  const collator = new Intl.Collator(undefined, { numeric: true });

  /* Row headings stay in view as long as they leave room for data, and cover nothing focused. */
  function pin(region, table, row) {
    let start = -1;
    let fits = true;
    for (const [place, cell] of [...(row ? row.cells : [])].entries()) {
      if (cell.scope !== "row") break;
      const width = cell.getBoundingClientRect().width;
      fits &&= start + width < region.clientWidth * 0.6;
      table.style.setProperty(`--df-table-start-${place + 1}`, fits ? `${start}px` : "auto");
      if (fits) start += width - 1;
    }
    region.style.scrollPaddingInlineStart = `${start + 1}px`;
    region.style.scrollPaddingBlockStart = `${table.tHead ? table.tHead.offsetHeight : 0}px`;
  }

  /* A cell over a column becomes a heading with the words that its button has. */
  function asHeading(cell) {
    if (cell.tagName === "TH") return cell;
    const heading = element("th", { scope: "col" }, ...cell.childNodes);
    for (const { name, value } of cell.attributes) heading.setAttribute(name, value);
    cell.replaceWith(heading);
    return heading;
  }

  /* A button in each heading: up, down, and back to the order of the page. */
  function sort(table, body, rows, words) {
    const arrows = new Map();
    const classes = rows.map((row) => row.className);
    for (const heading of [...table.querySelectorAll("[data-df-table-ranks]")].map(asHeading)) {
      const column = heading.dataset.dfTableColumn;
      const order = heading.dataset.dfTableRanks;
      const ranks = order ? order.split(",") : rows.map(() => "0");
      if (ranks.length !== rows.length) continue;
      let texts;
      const button = element("button", { type: "button", className: "df-table-sort" });
      const arrow = element("span", { ariaHidden: "true", textContent: "\u2195" });
      const content = heading.querySelector("p") || heading;
      if (textOf(content) && !heading.querySelector("a, .line-block")) {
        button.append(...content.childNodes);
      } else {
        button.ariaLabel =
          fill(words.dfTableSort, textOf(heading) || fill(words.dfTableNth, +column + 1));
      }
      arrows.set(heading, arrow);
      button.append(arrow);
      content.append(button);
      button.addEventListener("click", () => {
        const state = heading.ariaSort;
        const next = !state ? "ascending" : state === "ascending" ? "descending" : "";
        const sign = next === "descending" ? -1 : 1;
        texts ??= rows.map((row) => textOf(row.cells[column]));
        const places = [...rows.keys()];
        if (next) {
          places.sort((a, b) =>
            !ranks[a] - !ranks[b] ||
            (ranks[a] &&
              sign * (ranks[a] - ranks[b] || collator.compare(texts[a], texts[b]))) ||
            a - b);
        }
        for (const [other, mark] of arrows) {
          other.ariaSort = null;
          mark.textContent = "\u2195";
        }
        if (next) {
          heading.ariaSort = next;
          arrow.textContent = sign > 0 ? "\u2191" : "\u2193";
        }
        places.forEach((number, place) => {
          rows[number].className = classes[place];
        });
        /* All at once: one by one takes as long as the square of their number. */
        body.replaceChildren(...places.map((number) => rows[number]));
      });
    }
  }

  /* A box for words: rows that do not have them all are hidden. */
  function search(region, rows, words) {
    const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    let texts;
    const input = element("input", { type: "search", ariaLabel: words.dfTableSearchIn });
    const status = element("span", { role: "status" });
    input.addEventListener("input", () => {
      texts ??= rows.map((row) => fold([...row.cells].map(textOf).join(" ")));
      const wanted = fold(input.value).split(/\s+/);
      let count = 0;
      rows.forEach((row, number) => {
        row.hidden = !wanted.every((word) => texts[number].includes(word));
        count += !row.hidden;
      });
      status.textContent =
        wanted.join("") && (count ? fill(words.dfTableFound, count) : words.dfTableNone);
    });
    const label = element("label", {}, `${words.dfTableSearch} `, input);
    region.before(element("div", { className: "df-table-search" }, label, status));
  }

  for (const box of document.querySelectorAll(".df-table-box")) {
    const region = box.querySelector(".df-table-region");
    const table = region.querySelector("table");
    const body = table.tBodies[0];
    const rows = [...(body ? body.rows : [])];
    /* A strict policy leaves out styles that are written in a page, but not these. */
    for (const styled of region.querySelectorAll("[style]")) {
      styled.style.cssText = styled.getAttribute("style");
    }
    if (!rows.length) continue;
    new ResizeObserver(() => pin(region, table, rows.find((row) => !row.hidden))).observe(table);
    if (rows.length > 1 && !body.querySelector("[rowspan], [colspan]")) sort(table, body, rows, box.dataset);
    if (box.classList.contains("df-table-searchable")) search(region, rows, box.dataset);
  }
})();
