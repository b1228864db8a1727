/* Sorting, searching, filters and long tables for df-table. Tables are complete without it. */
(() => {
  "use strict";

  const create = (name, properties, ...children) => {
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
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const { compare } = new Intl.Collator(undefined, { numeric: true });

  /* A table, with its rows as on the page, and in view.order as the reader sorts them. */
  function createView(box) {
    const region = box.querySelector(".df-table-region");
    const table = region.querySelector("table");
    const body = table.tBodies[0];
    const rows = [...(body ? body.rows : [])];
    return {
      box, region, table, body, rows,
      messages: box.dataset,
      columns: [],
      /* The names of its columns in the address. */
      names: JSON.parse(box.dataset.dfTableNames || "[]"),
      classes: rows.map((row) => row.className),
      limit: box.classList.contains("df-table-many") ? 100 : Infinity,
      order: [...rows.keys()],
      sort: {},
      sorters: new Map(),
      selects: new Map(),
    };
  }

  const columnTexts = (view, column) =>
    (view.columns[column] ??= view.rows.map((row) => textOf(row.cells[column])));

  /* Display the first rows that match. Hidden rows are not laid out, nor is any layout forced. */
  function display(view) {
    const { rows, classes, messages, input, more, status } = view;
    const words = fold(input?.value || "").split(/\s+/).filter(Boolean);
    const chosen = [...view.selects].filter(([, select]) => select.value)
      .map(([column, select]) => [columnTexts(view, column), select.value]);
    if (words[0]) view.texts ??= rows.map((row) => fold([...row.cells].map(textOf).join(" ")));
    const shown = [];
    let count = 0;
    view.order.forEach((number, place) => {
      const row = rows[number];
      const isFound = chosen.every(([texts, value]) => texts[number] === value) &&
        words.every((word) => view.texts[number].includes(word));
      const isHidden = !isFound || count >= view.limit;
      if (row.hidden !== isHidden) row.hidden = isHidden;
      const className = classes[isFound ? count : place];
      if (row.className !== className) row.className = className;
      count += isFound;
      if (!isHidden) shown.push(row);
    });
    /* All at once, because moving rows one by one takes quadratic time. */
    if (view.isMoved) view.body.prepend(...shown);
    const number = `${count}`.replace(/\B(?=(\d{3})+$)/g, messages.dfTableSeparator);
    if (more) {
      more.hidden = count <= view.limit;
      more.textContent = fill(messages.dfTableAll, number);
    }
    if (status) {
      status.textContent = !words[0] && !chosen[0] ? "" :
        count ? fill(messages.dfTableFound, number) : messages.dfTableNone;
    }
  }

  /* Put the rows into the order of view.sort, those without a value last. */
  function arrange(view) {
    const { column, isDescending } = view.sort;
    view.order = [...view.rows.keys()];
    for (const [other, { heading, ranks }] of view.sorters) {
      heading.ariaSort = other !== column ? null : isDescending ? "descending" : "ascending";
      if (other !== column) continue;
      const texts = columnTexts(view, column);
      const sign = isDescending ? -1 : 1;
      view.order.sort((a, b) =>
        !ranks[a] - !ranks[b] ||
        (ranks[a] && sign * (ranks[a] - ranks[b] || compare(texts[a], texts[b]))) ||
        a - b);
    }
    view.isMoved = true;
    display(view);
  }

  /* Add a sort button to each heading: ascending, descending, original order. */
  function addSorting(view) {
    const { region, table, rows } = view;
    for (const heading of table.querySelectorAll("[data-df-table-ranks]")) {
      const { dfTableColumn, dfTableRanks, dfTableSort } = heading.dataset;
      /* From 1 on; empty for a missing value. */
      const ranks = dfTableRanks
        ? dfTableRanks.split(",").map((rank) => rank && +rank + 1) : rows.map(() => 1);
      if (ranks.length !== rows.length) continue;
      const column = +dfTableColumn;
      const button = create("button", { type: "button", className: "df-table-sort" });
      const content = heading.querySelector("p") || heading;
      /* A heading with links, or without text, is named beside its button. */
      if (dfTableSort) button.ariaLabel = dfTableSort;
      else button.append(...content.childNodes);
      content.append(button);
      if (heading.tagName === "TD") heading.role = "columnheader";
      view.sorters.set(column, { heading, ranks });
      button.addEventListener("click", () => {
        const state = heading.ariaSort;
        view.sort = state === "descending" ? {} : { column, isDescending: !!state };
        arrange(view);
        writeAddress();
        region.scrollTop = 0;
        const { scrollMarginTop } = getComputedStyle(region);
        if (region.getBoundingClientRect().top < parseFloat(scrollMarginTop)) {
          region.scrollIntoView({ inline: "nearest", behavior: "instant" });
        }
      });
    }
  }

  /* Add the search field, whose words a row must have, and a list for each filter. */
  function addControls(view) {
    const { box, region, rows, messages, selects } = view;
    const bar = create("div", { className: "df-table-search" });
    const add = (control, label) => {
      control.autocomplete = "off";
      control.addEventListener("input", () => {
        display(view);
        writeAddress();
      });
      bar.append(create("label", {}, `${label} `, control));
    };
    if (box.classList.contains("df-table-searchable")) {
      view.input = create("input", { type: "search", ariaLabel: messages.dfTableSearchIn });
      add(view.input, messages.dfTableSearch);
    }
    for (const [column, label, groups] of JSON.parse(messages.dfTableFilters || "[]")) {
      const texts = groups.flatMap((group) =>
        group.map((number) => textOf(rows[number].cells[column])).sort(compare));
      const options = [...new Set(texts)].map((text) => new Option(text));
      const first = new Option(messages.dfTableEvery, "");
      selects.set(column, create("select", { ariaLabel: label }, first, ...options));
      add(selects.get(column), label);
    }
    if (!bar.firstChild) return;
    view.status = create("span", { role: "status" });
    bar.append(view.status);
    region.before(bar);
  }

  /* Add the button that displays all rows of a long table. */
  function addMore(view) {
    view.more = create("button", { type: "button", className: "df-table-more" });
    view.more.addEventListener("click", () => {
      view.limit = Infinity;
      display(view);
      view.region.focus({ preventScroll: true });
    });
    view.region.after(view.more);
  }

  /* Keep the state of tables with a name in the address: #costs?sort=-Price&q=llama */
  function writeAddress() {
    const parts = [];
    for (const { table, names, sort, input, selects } of views) {
      const state = new URLSearchParams();
      const set = (key, value) => value && state.set(key, value);
      set("sort", sort.column >= 0 && (sort.isDescending ? "-" : "") + names[sort.column]);
      set("q", input?.value);
      for (const [column, select] of selects) set(`filter.${names[column]}`, select.value);
      if (names[0] && `${state}`) parts.push(`${table.id}?${state}`);
    }
    if (parts[0] || location.hash.includes("?")) {
      const hash = parts[0] ? `#${parts.join("#")}` : "";
      history.replaceState(history.state, "", hash || location.pathname + location.search);
    }
  }

  function applyState(view, query) {
    const state = new URLSearchParams(query);
    const { names, input, sorters, selects } = view;
    const [, sign, name] = /^(-?)(.*)/s.exec(state.get("sort") || "");
    const column = names.indexOf(name);
    view.sort = sorters.has(column) ? { column, isDescending: !!sign } : {};
    if (input) input.value = state.get("q") || "";
    for (const [number, select] of selects) {
      select.value = state.get(`filter.${names[number]}`) || "";
      if (select.selectedIndex < 0) select.value = "";
    }
    arrange(view);
  }

  /* Apply the address, and show what it leads to, also in a tab or in a row that is hidden. */
  function readAddress(isNew) {
    const parts = location.hash.slice(1).split("#").map((part) => part.split(/\?(.*)/s));
    const [id, state] = parts[0];
    for (const view of views) {
      const part = parts.find(([name]) => name === view.table.id);
      if (view.names[0] && location.hash.includes("?")) applyState(view, part?.[1]);
    }
    const target = document.getElementById(id);
    const view = views.find(({ table }) => table.contains(target));
    /* The browser scrolls to what can be seen. */
    if (!view || (target.offsetWidth && !(isNew && state))) return;
    if (target.hidden) {
      view.limit = Infinity;
      display(view);
      if (target.hidden) applyState(view);
    }
    let tab = target;
    while ((tab = tab.parentElement.closest(".sd-tab-content"))) tab.previousElementSibling.click();
    target.scrollIntoView();
  }

  const views = [...document.querySelectorAll(".df-table-box")].map(createView)
    .filter(({ rows }) => rows.length);
  for (const view of views) {
    if (!view.body.querySelector("[rowspan], [colspan]")) {
      if (view.rows.length > 1) addSorting(view);
      addControls(view);
    }
    if (view.limit < view.rows.length) addMore(view);
    display(view);
  }
  /* The headings stick in their places by then, and the browser has gone where it can. */
  const [navigation] = performance.getEntriesByType("navigation");
  addEventListener("DOMContentLoaded", () => readAddress(navigation?.type === "navigate"));
  addEventListener("hashchange", () => readAddress(true));
  /* On paper, the rows that are hidden have their places too. */
  addEventListener("beforeprint", () => {
    for (const { body, order, rows } of views) body.append(...order.map((number) => rows[number]));
  });
  addEventListener("pageshow", () => views.forEach(display));
})();
