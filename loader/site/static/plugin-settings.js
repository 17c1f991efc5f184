// What the map plugins and Datasette's table page expect to find on the window. They would set it by scripts
// inside the page, which the content security policy forbids; the addresses come with this script's element.
"use strict";
(() => {
  const given = document.currentScript.dataset;
  window.DATASETTE_ALLOW_FACET = true;
  window.DATASETTE_CLUSTER_MAP_LATITUDE_COLUMN = "latitude";
  window.DATASETTE_CLUSTER_MAP_LONGITUDE_COLUMN = "longitude";
  window.DATASETTE_CLUSTER_MAP_TILE_LAYER = given.tiles;
  window.DATASETTE_CLUSTER_MAP_TILE_LAYER_OPTIONS = {
    maxZoom: 12,
    attribution: "Borders and coast: Natural Earth",
  };
  window.datasette = Object.assign(window.datasette || {}, {
    leaflet: { JAVASCRIPT_URL: given.leafletJs, CSS_URL: given.leafletCss },
    cluster_map: { MARKERCLUSTER_URL: given.clusterJs, MARKERCLUSTER_CSS_URL: given.clusterCss },
  });

  // The map of a page asks its JSON for the extra next_url, which Datasette gives unasked, and that of a query or a
  // row for count, which only tables have; Datasette 1.0 refuses what a page does not have.
  const plainFetch = window.fetch.bind(window);
  window.fetch = (address, options) => {
    if (typeof address !== "string" || !address.includes("&_extra=next_url")) return plainFetch(address, options);
    const known = address.replace("&_extra=next_url", "");
    const isTable = document.body.classList.contains("table");
    return plainFetch(isTable ? known : known.replace("&_extra=count", ""), options);
  };

  // The map's markers can be reached by the keyboard but come without a name.
  new MutationObserver(() => {
    for (const marker of document.querySelectorAll('img.leaflet-marker-icon[alt=""]')) marker.alt = "A row on the map";
    for (const cluster of document.querySelectorAll(".marker-cluster:not([role])")) {
      cluster.setAttribute("role", "button");
      cluster.setAttribute("aria-label", `${cluster.textContent} rows here: zoom in`);
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
