/* Sorting, searching and pinned row headings for df-table. Tables are complete without it. */
(() => {
  "use strict";

  const createElement = (name, properties, ...children) => {
    const created = Object.assign(document.createElement(name), properties);
    created.append(...children);
    return created;
  };
  /* The text of a cell without the sign that links to its row, which is the last in it. */
  const textOf = (cell) => {
    const sign = cell.querySelector(".headerlink");
    const text = cell.textContent.trim();
    return sign ? text.slice(0, text.length - sign.textContent.trim().length).trim() : text;
  };
  const fill = (message, value) => message.replace("{}", () => value);
  const collator = new Intl.Collator(undefined, { numeric: true });

  /* Pin row headings as long as they leave room for data; focused cells scroll clear of them. */
  function pinRowHeadings(region, table, row) {
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

  /* Turn a cell into a heading, because its sort button names the column. */
  function toHeading(cell) {
    if (cell.tagName === "TH") return cell;
    const heading = createElement("th", { scope: "col" }, ...cell.childNodes);
    for (const { name, value } of cell.attributes) heading.setAttribute(name, value);
    cell.replaceWith(heading);
    return heading;
  }

  /* Add a sort button to each heading: ascending, descending, original order. */
  function addSorting(table, body, rows, messages) {
    const arrows = new Map();
    const classes = rows.map((row) => row.className);
    for (const heading of [...table.querySelectorAll("[data-df-table-ranks]")].map(toHeading)) {
      const column = heading.dataset.dfTableColumn;
      const order = heading.dataset.dfTableRanks;
      const ranks = order ? order.split(",") : rows.map(() => "0");
      if (ranks.length !== rows.length) continue;
      let texts;
      const button = createElement("button", { type: "button", className: "df-table-sort" });
      const arrow = createElement("span", { ariaHidden: "true", textContent: "\u2195" });
      const content = heading.querySelector("p") || heading;
      if (textOf(content) && !heading.querySelector("a, .line-block")) {
        button.append(...content.childNodes);
      } else {
        button.ariaLabel =
          fill(messages.dfTableSort, textOf(heading) || fill(messages.dfTableNth, +column + 1));
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
        /* All at once, because moving rows one by one takes quadratic time. */
        body.replaceChildren(...places.map((number) => rows[number]));
      });
    }
  }

  /* Add a search field that hides rows without all of its words. */
  function addSearch(region, rows, messages) {
    const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    let texts;
    const input = createElement("input", { type: "search", ariaLabel: messages.dfTableSearchIn });
    const status = createElement("span", { role: "status" });
    input.addEventListener("input", () => {
      texts ??= rows.map((row) => fold([...row.cells].map(textOf).join(" ")));
      const wanted = fold(input.value).split(/\s+/);
      let count = 0;
      rows.forEach((row, number) => {
        row.hidden = !wanted.every((word) => texts[number].includes(word));
        count += !row.hidden;
      });
      status.textContent =
        wanted.join("") && (count ? fill(messages.dfTableFound, count) : messages.dfTableNone);
    });
    const label = createElement("label", {}, `${messages.dfTableSearch} `, input);
    region.before(createElement("div", { className: "df-table-search" }, label, status));
  }

  for (const box of document.querySelectorAll(".df-table-box")) {
    const region = box.querySelector(".df-table-region");
    const table = region.querySelector("table");
    const body = table.tBodies[0];
    const rows = [...(body ? body.rows : [])];
    /* A strict Content Security Policy blocks style attributes in a page, but not these. */
    for (const styled of region.querySelectorAll("[style]")) {
      styled.style.cssText = styled.getAttribute("style");
    }
    if (!rows.length) continue;
    /* Chromium ignores scroll-padding if the focused element is in the region, but covered. */
    region.addEventListener("focusin", ({ target }) => {
      if (target !== region && target.matches(":focus-visible")) {
        target.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    });
    new ResizeObserver(() => pinRowHeadings(region, table, rows.find((row) => !row.hidden))).observe(table);
    if (rows.length > 1 && !body.querySelector("[rowspan], [colspan]")) addSorting(table, body, rows, box.dataset);
    if (box.classList.contains("df-table-searchable")) addSearch(region, rows, box.dataset);
  }
})();
