import { svg } from "./dom.js";

const PATHS = {
  hash: "M9 4 7 20M17 4l-2 16M4.5 9h16M3.5 15h16",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  send: "M4 12 20 4l-5 16-3.5-6.5z",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  thread: "M5 5h14v10H11l-4 4v-4H5z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  code: "M8 7l-5 5 5 5M16 7l5 5-5 5",
  eye: "M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  warning: "M12 4 2.5 20h19zM12 10v4.5M12 17.5h.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  chevron: "M6 9l6 6 6-6",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  menu: "M4 7h16M4 12h16M4 17h16",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  play: "M8 5l11 7-11 7z",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8h.01",
  error: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5v5.5M12 16.5h.01",
  success: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12.5l3 3 5-6",
  circle: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z",
  up: "M7 11v9H4v-9zM7 11l4-7c2 0 2.5 1.5 2 3.5L12.5 10H19l-1.5 10H7",
  down: "M7 13V4H4v9zM7 13l4 7c2 0 2.5-1.5 2-3.5L12.5 14H19L17.5 4H7",
  call: "M6 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L16 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 6a2 2 0 0 1 2-2z",
  rocket: "M12 15l-3-3c1-4 4-8 10-8 0 6-4 9-8 10zM9 12H5l2-4h4M12 15v4l4-2v-4M5 19l2-2M15 9h.01",
  bot: "M5 9h14v10H5zM12 9V5M9 13v2M15 13v2M10 5h4",
  bug: "M8 9h8v6a4 4 0 0 1-8 0zM9 9a3 3 0 0 1 6 0M4 10l4 2M20 10l-4 2M4 18l4-2M20 18l-4-2",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 14a4.2 4.2 0 0 0 7 0M9 9.5h.01M15 9.5h.01",
  user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 20c1-4 4-6 8-6s7 2 8 6",
  folder: "M3 6h7l2 3h9v10H3z",
  flask: "M9 3h6M10 3v6L5 19a1.4 1.4 0 0 0 1.3 2h11.4a1.4 1.4 0 0 0 1.3-2l-5-10V3M7.5 15h9",
  gear: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M6 6l2 2M16 16l2 2M6 18l2-2M16 8l2-2",
  star: "M12 3l2.7 6 6.3.6-4.8 4.3 1.5 6.3L12 17l-5.7 3.2 1.5-6.3L3 9.6 9.3 9z",
  flag: "M6 21V4h11l-2 4 2 4H6",
  tag: "M4 4h8l8 8-8 8-8-8zM8.5 8.5h.01",
  help: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 17h.01",
  spark: "M12 3l2 7 7 2-7 2-2 7-2-7-7-2 7-2z",
};

// Slack's icon names for shapes that already have one here.
const ALSO = {
  book: "file",
  clipboard: "file",
  "thumbs-up": "up",
  "thumbs-down": "down",
  "eye-open": "eye",
  "caret-left": "back",
  comment: "thread",
  "star-filled": "star",
  sparkle: "spark",
  code: "code",
  download: "chevron",
  archive: "folder",
};

/** A line icon in the current colour, hidden from screen readers: the control around it has the name. */
export function icon(name, size = 18) {
  return svg(
    "svg",
    { class: `icon icon-${name}`, viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" },
    svg("path", { d: PATHS[ALSO[name] ?? name] ?? PATHS.spark }),
  );
}
