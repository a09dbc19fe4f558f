const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element. Attributes: `on<event>` listens, `style` is an object of properties
 * (a style attribute would be refused by the page's own content policy), `value` is the
 * live value, and null, undefined or false leave an attribute away. Strings among the
 * children become text, never markup.
 */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") setStyle(node, value);
    else if (name === "value" && "value" in node) node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter(isDrawn));
  return node;
}

function setStyle(node, properties) {
  for (const [name, value] of Object.entries(properties)) node.style.setProperty(name, value);
}

function isDrawn(child) {
  return child !== null && child !== undefined && child !== false;
}

let made = 0;

/** An id for `aria-labelledby` and friends, unique in the page. */
export function freshId(prefix) {
  made += 1;
  return `${prefix}-${made}`;
}
