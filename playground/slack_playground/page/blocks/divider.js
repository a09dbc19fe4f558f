import { h } from "../dom.js";

export function drawDivider() {
  return h("hr", {});
}
