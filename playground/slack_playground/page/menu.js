import { h } from "./dom.js";
import { openPopup } from "./popup.js";

/**
 * Open a menu at a button. Items: `{label, description?, href?, run?}`; one with `href` is a link
 * in a new tab. Arrow keys, Home, End and Escape work as in every menu.
 */
export function openMenu(anchor, name, items) {
  const close = () => {
    shut();
    if (anchor.isConnected) anchor.focus({ preventScroll: true });
  };
  const entries = items.map((item) => drawItem(item, close));
  const menu = h("div", { class: "menu", role: "menu", "aria-label": name }, entries);
  menu.addEventListener("keydown", (event) => steer(event, entries, close));
  const shut = openPopup(anchor, menu, () => anchor.setAttribute("aria-expanded", "false"));
  anchor.setAttribute("aria-expanded", "true");
  entries[0]?.focus();
}

function drawItem({ label, description, href, run }, close) {
  return h(
    href ? "a" : "button",
    {
      class: "menu-item",
      role: "menuitem",
      tabindex: -1,
      type: href ? null : "button",
      href,
      target: href && "_blank",
      rel: href && "noopener noreferrer",
      onclick: () => {
        close();
        run?.();
      },
    },
    h("span", { class: "menu-label" }, label),
    description && h("span", { class: "menu-description" }, description),
  );
}

function steer(event, entries, close) {
  const here = entries.indexOf(document.activeElement);
  const moves = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: entries.length - 1 };
  if (event.key in moves) {
    event.preventDefault();
    entries.at(moves[event.key] % entries.length).focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}
