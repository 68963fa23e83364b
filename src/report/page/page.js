"use strict";
// What is folded away on the screen is printed.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => (one.open = true)));
// Sorts the table of bets by a column, and shows only the bets that hold every word of the filter.
(() => {
  const table = document.getElementById("bets");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const [STAKE, RESULT, PROFIT] = [8, 9, 10];
  const text = (row, place) => row.cells[place].textContent;
  const number = (row, place) => Number.parseFloat(text(row, place).replace(/[,+%]/g, ""));

  const compare = (place, numeric) => (a, b) => {
    if (!numeric) return text(a, place).localeCompare(text(b, place));
    const [x, y] = [number(a, place), number(b, place)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
    return x - y;
  };

  const sort = (head, place) => {
    const descending = head.getAttribute("aria-sort") === "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const order = compare(place, head.classList.contains("number"));
    // what is no number stays at the end, whichever way
    const missing = (row) => head.classList.contains("number") && Number.isNaN(number(row, place));
    rows.sort((a, b) => (descending && !missing(a) && !missing(b) ? order(b, a) : order(a, b)));
    body.append(...rows);
  };

  const shown = document.getElementById("shown");
  const filter = document.getElementById("filter");
  const sum = (kept, place) =>
    kept
      .reduce((total, row) => total + (number(row, place) || 0), 0)
      .toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const select = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kept = rows.filter((row) => {
      const all = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => all.includes(word));
      return !row.hidden;
    });
    const settled = kept.filter((row) => text(row, PROFIT) !== "" && text(row, RESULT) !== "open");
    shown.value = `${kept.length} of ${rows.length} bets: staked ${sum(settled, STAKE)}, profit ${sum(settled, PROFIT)}`;
  };

  heads.forEach((head, place) => head.querySelector("button").addEventListener("click", () => sort(head, place)));
  filter.addEventListener("input", select);
  select();
})();
