// Lets the map be moved and zoomed: by dragging, by the wheel with Ctrl, by buttons and by + - arrow keys.
// Circles and names keep their size on the screen.
"use strict";
for (const map of document.querySelectorAll("svg[data-pannable]")) {
  const whole = map.viewBox.baseVal;
  const start = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let view = { ...start };
  const circles = [...map.querySelectorAll("circle")].map((circle) => {
    const text = circle.parentNode.querySelector("text");
    return { circle, radius: circle.r.baseVal.value, text, x: circle.cx.baseVal.value, y: circle.cy.baseVal.value };
  });

  // A name is shown where it meets no name of a place that is mentioned more (those come first).
  const showNames = (scale) => {
    const taken = [];
    for (const { radius, text, x, y } of circles) {
      const left = x + (radius + 2) * scale, right = left + text.textContent.length * 6.6 * scale;
      const top = y - 7 * scale, bottom = y + 7 * scale;
      const free = taken.every((box) => right < box.left || left > box.right || bottom < box.top || top > box.bottom);
      const inView = right > view.x && left < view.x + view.width && bottom > view.y && top < view.y + view.height;
      const shown = free && inView;
      text.setAttribute("visibility", shown ? "visible" : "hidden");
      if (shown) taken.push({ left, right, top, bottom });
    }
  };
  // The base map is drawn anew for what is shown, in more detail, a moment after the last move.
  let base = map.querySelector("image");
  const address = new URL(base.href.baseVal, location.href);
  const [left, top, right] = ["left", "top", "right"].map((edge) => Number(address.searchParams.get(edge)));
  const perPixel = (right - left) / base.width.baseVal.value; // parts of the world in one unit of the drawing
  const origin = { x: base.x.baseVal.value - left / perPixel, y: base.y.baseVal.value - top / perPixel };
  const largest = 100000; // the world's width in those parts
  let waiting = null;
  const refine = () => {
    const edges = {
      left: Math.max(0, Math.floor((view.x - view.width / 2 - origin.x) * perPixel)),
      top: Math.max(0, Math.floor((view.y - view.height / 2 - origin.y) * perPixel)),
      right: Math.min(largest, Math.ceil((view.x + view.width * 1.5 - origin.x) * perPixel)),
      bottom: Math.min(largest, Math.ceil((view.y + view.height * 1.5 - origin.y) * perPixel)),
    };
    if (edges.right <= edges.left || edges.bottom <= edges.top) return;
    const finer = base.cloneNode();
    finer.setAttribute("x", edges.left / perPixel + origin.x);
    finer.setAttribute("y", edges.top / perPixel + origin.y);
    finer.setAttribute("width", (edges.right - edges.left) / perPixel);
    finer.setAttribute("height", (edges.bottom - edges.top) / perPixel);
    finer.setAttribute("href", `${address.pathname}?${new URLSearchParams(edges)}`);
    const previous = base;
    finer.addEventListener("load", () => previous.remove());
    previous.after(finer);
    base = finer;
  };

  const draw = () => {
    clearTimeout(waiting);
    waiting = setTimeout(refine, 250);
    map.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    const scale = view.width / start.width;
    for (const { circle, radius, text, x, y } of circles) {
      circle.setAttribute("r", radius * scale);
      circle.style.strokeWidth = scale;
      text.style.fontSize = `${12 * scale}px`;
      text.style.strokeWidth = `${3 * scale}px`;
      text.setAttribute("x", x + (radius + 2) * scale);
      text.setAttribute("y", y + 4 * scale);
    }
    showNames(scale);
  };
  const zoom = (factor, x = view.x + view.width / 2, y = view.y + view.height / 2) => {
    const width = Math.min(start.width * 4, Math.max(start.width / 64, view.width * factor));
    const real = width / view.width;
    view = { x: x - (x - view.x) * real, y: y - (y - view.y) * real, width, height: view.height * real };
    draw();
  };
  const move = (right, down) => {
    view = { ...view, x: view.x + right, y: view.y + down };
    draw();
  };
  const at = (event) => {
    const box = map.getBoundingClientRect();
    return {
      x: view.x + ((event.clientX - box.left) / box.width) * view.width,
      y: view.y + ((event.clientY - box.top) / box.height) * view.height,
    };
  };

  const buttons = document.createElement("div");
  buttons.className = "zoom";
  const actions = [["+", "Zoom in", () => zoom(0.6)], ["−", "Zoom out", () => zoom(1 / 0.6)],
    ["⌂", "Show all", () => { view = { ...start }; draw(); }]];
  for (const [sign, label, action] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", action);
    buttons.append(button);
  }
  map.parentNode.append(buttons);

  map.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // the page scrolls as everywhere
    event.preventDefault();
    const { x, y } = at(event);
    zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, x, y);
  }, { passive: false });

  let held = null;
  let moved = false;
  map.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY };
    moved = false;
  });
  window.addEventListener("pointermove", (event) => {
    if (!held) return;
    const right = event.clientX - held.x, down = event.clientY - held.y;
    if (!moved && Math.hypot(right, down) < 4) return;
    moved = true;
    const scale = view.width / map.getBoundingClientRect().width;
    move(-right * scale, -down * scale);
    held = { x: event.clientX, y: event.clientY };
  });
  window.addEventListener("pointerup", () => { held = null; });
  map.addEventListener("dragstart", (event) => event.preventDefault());
  map.addEventListener("click", (event) => {
    if (moved) event.preventDefault(); // a drag that ends on a circle is no click
  }, true);
  map.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (steps) move(steps[0] * view.width / 10, steps[1] * view.height / 10);
    else if (event.key === "+") zoom(0.6);
    else if (event.key === "-") zoom(1 / 0.6);
    else return;
    event.preventDefault();
  });
}
