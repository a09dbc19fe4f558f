import { h } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "playground-theme";

/** Light or dark: as the system says, until the person says otherwise. */
export function applyTheme() {
  const chosen = localStorage.getItem(KEY);
  if (chosen) document.documentElement.dataset.theme = chosen;
}

export function drawThemeToggle() {
  const button = h("button", { class: "icon-button", type: "button", onclick: () => toggle(button) });
  label(button);
  return button;
}

function toggle(button) {
  const next = isDark() ? "light" : "dark";
  localStorage.setItem(KEY, next);
  document.documentElement.dataset.theme = next;
  label(button);
}

function label(button) {
  const name = `Switch to ${isDark() ? "light" : "dark"} theme`;
  button.replaceChildren(icon(isDark() ? "sun" : "moon"));
  button.setAttribute("aria-label", name);
  button.title = name;
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
