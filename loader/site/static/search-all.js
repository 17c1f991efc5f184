// Asks every searchable table for the words, and shows the first rows of each, or why it could not answer.
"use strict";
const ROWS = 5;
const LONGEST = 300; // characters of a cell

const element = (name, text) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return made;
};

const cellText = (value) => {
  const plain = value !== null && typeof value === "object" ? value.label ?? value.value : value;
  const text = plain === null || plain === undefined ? "" : String(plain);
  return text.length > LONGEST ? text.slice(0, LONGEST) + "…" : text;
};

const table = (rows, name) => {
  const made = element("table");
  made.className = "rows-and-columns";
  const head = made.createTHead().insertRow();
  for (const name of Object.keys(rows[0])) {
    const cell = element("th", name);
    cell.scope = "col";
    head.append(cell);
  }
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const value of Object.values(row)) line.insertCell().textContent = cellText(value);
  }
  const wrapper = element("div");
  wrapper.className = "table-wrapper";
  wrapper.tabIndex = 0;
  wrapper.setAttribute("role", "region");
  wrapper.setAttribute("aria-label", `Rows of ${name}`);
  wrapper.append(made);
  return wrapper;
};

const show = async (section, words) => {
  const state = element("p", "Searching…");
  section.append(state);
  const query = new URLSearchParams({ _shape: "objects", _labels: "on", _size: ROWS, _search: words });
  query.set("_extra", "count"); // Datasette 1.0 counts on request
  try {
    const answer = await fetch(`${section.dataset.json}?${query}`);
    const data = await answer.json();
    if (!answer.ok || data.ok === false) throw new Error(data.error || `status ${answer.status}`);
    const count = data.filtered_table_rows_count ?? data.count;
    section.dataset.state = "done";
    state.textContent = count === 1 ? "1 row" : `${count.toLocaleString()} rows`;
    if (data.rows.length) section.append(table(data.rows, section.dataset.table));
  } catch (error) {
    section.dataset.state = "failed";
    state.textContent = `This table could not be searched for these words (${error.message}).`;
  }
};

const words = document.getElementById("search-all-q").value;
document.querySelectorAll("section[data-json]").forEach((section) => show(section, words));
