"use strict";
// A click on a column's head sorts the table by it; the first row stays where it is when it is the whole city.
for (const table of document.querySelectorAll("table.sort")) {
  const body = table.tBodies[0];
  const key = (row, column) => {
    const cell = row.cells[column];
    const value = cell.dataset.v;
    return value === undefined ? cell.textContent.trim() : value === "" ? NaN : Number(value);
  };
  const compare = (a, b) =>
    typeof a === "string" ? a.localeCompare(b, document.documentElement.lang) : (isNaN(a) - isNaN(b)) || a - b;
  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = table.dataset.sort;
    button.setAttribute("aria-label", table.dataset.sort + " " + (head.querySelector("a") || head).textContent.trim());
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      const rows = [...body.rows].filter((row) => !row.classList.contains("city"));
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort((a, b) => {
        const x = key(a, head.cellIndex), y = key(b, head.cellIndex);
        if (typeof x === "number" && (isNaN(x) || isNaN(y))) return isNaN(x) - isNaN(y);
        return down ? compare(y, x) : compare(x, y);
      });
      body.append(...rows);
    });
  }
}
