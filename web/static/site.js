// Small comforts; every page works without them.
"use strict";

// An open menu closes when something else is clicked.
document.addEventListener("click", (event) => {
  const menus = document.querySelectorAll("details.nav-menu[open], details.actions-menu-links[open]");
  for (const menu of menus) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// The paragraph mark copies the paragraph's address, beside going there.
document.addEventListener("click", (event) => {
  const anchor = event.target.closest("a.anchor");
  if (anchor && navigator.clipboard) navigator.clipboard.writeText(anchor.href).catch(() => {});
});
