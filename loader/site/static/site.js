// Small comforts; every page works without them.
"use strict";

// An open menu closes when something else is clicked.
document.addEventListener("click", (event) => {
  const menus = document.querySelectorAll("details.nav-menu[open], details.actions-menu-links[open]");
  for (const menu of menus) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// The link to a paragraph, quotation or mention copies its address, beside going there.
document.addEventListener("click", (event) => {
  const anchor = event.target.closest("a.anchor");
  if (anchor && navigator.clipboard) navigator.clipboard.writeText(anchor.href).catch(() => {});
});

// A citation can be copied whole.
for (const cited of document.querySelectorAll("pre[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = `Copy the ${cited.dataset.copy}`;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(cited.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed here: select and copy";
    }
  });
  cited.after(button);
}

// A row of corrections.csv can be copied; buttons are made when the rows are first seen.
document.addEventListener("toggle", (event) => {
  const opened = event.target;
  if (!navigator.clipboard || !opened.open || !opened.matches(".correct, .correct details")) return;
  for (const row of opened.querySelectorAll(":scope > .row > pre:not([data-ready])")) {
    row.dataset.ready = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(`${row.textContent}\n`);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed here: select and copy";
      }
    });
    row.after(button);
  }
}, true);

// A link to what can be corrected opens what is folded around it; not every browser does so itself.
function unfold() {
  if (!location.hash.startsWith("#correct")) return;
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let around = target; around; around = around.parentElement) {
    if (around.tagName === "DETAILS") around.open = true;
  }
  target.scrollIntoView();
}
window.addEventListener("hashchange", unfold);
unfold();
