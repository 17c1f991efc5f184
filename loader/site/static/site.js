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
