/* Scrolling of tables, and headings that stay in view, for df-table. Runs after the rows of long
   tables are hidden, because it forces a layout. */
(() => {
  "use strict";

  /* Pin row headings as long as they leave room for data; focused cells scroll clear of them. */
  function pinRowHeadings({ region, table }) {
    const row = [...table.tBodies[0].rows].find((each) => !each.hidden);
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
  }

  /* Let a table scroll with the page, unless the site limits its height. */
  function measure(view) {
    const { region, table } = view;
    const isCapped = getComputedStyle(region).getPropertyValue("--df-table-max-height");
    const fits = table.offsetWidth <= region.clientWidth;
    region.classList.toggle("df-table-fits", !isCapped && fits);
    region.classList.toggle("df-table-scrolls", !isCapped && !fits);
    const head = table.tHead?.offsetHeight || 0;
    const top = table.tBodies[0].getBoundingClientRect().top - region.getBoundingClientRect().top;
    const sizes = { head, lead: top - head, travel: region.offsetHeight - top };
    for (const name in sizes) region.style.setProperty(`--df-table-${name}`, `${sizes[name]}px`);
    region.style.scrollPaddingBlockStart = `${head}px`;
    view.track.style.width = `${region.scrollWidth}px`;
    pinRowHeadings(view);
  }

  /* Add a scrollbar that stays in the window while the end of a wide table is below it. */
  function addScrollbar(view) {
    const { region } = view;
    const bar = document.createElement("div");
    bar.className = "df-table-scrollbar";
    bar.ariaHidden = "true";
    bar.tabIndex = -1;
    bar.append((view.track = document.createElement("div")));
    /* The event of a place that the region gave to the bar may come after the region has moved on. */
    let given = 0;
    region.addEventListener("scroll", () => {
      bar.scrollLeft = region.scrollLeft;
      given = bar.scrollLeft;
    });
    bar.addEventListener("scroll", () => {
      if (bar.scrollLeft !== given) region.scrollLeft = bar.scrollLeft;
    });
    region.after(bar);
  }

  /* Headings stick to the nearest ancestor that may scroll, so none that has no need to must. */
  function uncover(box) {
    for (let element = box; (element = element.parentElement) && element !== document.body; ) {
      const { overflowX, overflowY } = getComputedStyle(element);
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
      if (scrollWidth > clientWidth || scrollHeight > clientHeight) continue;
      if (/auto|scroll/.test(overflowX + overflowY)) element.style.overflow = "visible";
      else if (/hidden/.test(overflowX + overflowY)) element.style.overflow = "clip";
    }
  }

  /* Headings stick below what the theme keeps at the top of the window, such as its header. */
  function updateHeader() {
    const { box } = views.find((view) => view.box.offsetWidth) || {};
    if (!box) return;
    const { left, width } = box.getBoundingClientRect();
    let end = 0;
    for (const element of document.elementsFromPoint(left + width / 2, 1)) {
      const { bottom } = element.getBoundingClientRect();
      const isKept = /fixed|sticky/.test(getComputedStyle(element).position);
      if (isKept && bottom < innerHeight / 3 && !element.closest(".df-table-box")) {
        end = Math.max(end, bottom);
      }
    }
    for (const view of views) view.box.style.setProperty("--df-table-header", `${end}px`);
  }

  /* A strict Content Security Policy blocks style attributes in a page, but not these. */
  for (const styled of document.querySelectorAll(".df-table-region [style]")) {
    styled.style.cssText = styled.getAttribute("style");
  }
  const views = [];
  for (const box of document.querySelectorAll(".df-table-box")) {
    const region = box.querySelector(".df-table-region");
    const table = region.querySelector("table");
    if (!table.tBodies[0]?.rows.length) continue;
    const view = { box, region, table };
    views.push(view);
    addScrollbar(view);
    measure(view);
    uncover(box);
    const observer = new ResizeObserver(() => measure(view));
    observer.observe(region);
    observer.observe(table);
    /* Chromium ignores scroll-padding if the focused element is in the region, but covered. */
    region.addEventListener("focusin", ({ target }) => {
      if (target !== region && target.matches(":focus-visible")) {
        target.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    });
  }
  updateHeader();
  addEventListener("resize", updateHeader);
  addEventListener("scroll", updateHeader, { passive: true });
})();
