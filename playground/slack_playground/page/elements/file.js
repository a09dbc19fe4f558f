import { h } from "../dom.js";
import { icon } from "../icons.js";

/** Choose files: each goes to the workspace at once, and the form holds what Slack says of it. */
export function drawFileInput(site) {
  const { element } = site;
  const most = element.max_files ?? 10;
  const chosen = h("ul", { class: "file-list" });
  const trouble = h("span", { class: "quiet", role: "status" });
  const field = h("input", {
    class: "file-field",
    type: "file",
    multiple: most > 1,
    accept: element.filetypes?.map((kind) => `.${kind}`).join(","),
    ...site.labelled("Choose files"),
    onchange: () => take(site, field, chosen, trouble),
  });
  draw(site, chosen);
  const hint = `Up to ${most} ${most === 1 ? "file" : "files"}${element.filetypes?.length ? `: ${element.filetypes.join(", ")}` : ""}`;
  return h(
    "div",
    { class: "file-input", ...site.hooks },
    field,
    h("span", { class: "quiet" }, hint),
    trouble,
    chosen,
  );
}

async function take(site, field, chosen, trouble) {
  const { api } = site.surface;
  for (const file of field.files) {
    trouble.textContent = `Uploading ${file.name} …`;
    const answer = await api.upload(file.name, await inBase64(file));
    trouble.textContent = answer.ok ? "" : `${file.name} could not be uploaded.`;
    if (answer.ok) site.enter({ files: [...files(site), answer.file] });
  }
  field.value = "";
  draw(site, chosen);
}

function draw(site, chosen) {
  const items = files(site).map((file) =>
    h(
      "li",
      {},
      icon("file", 16),
      h("span", { class: "file-name" }, file.name),
      h(
        "button",
        {
          class: "icon-button",
          type: "button",
          "aria-label": `Remove ${file.name}`,
          onclick: () => {
            site.enter({ files: files(site).filter(({ id }) => id !== file.id) });
            draw(site, chosen);
          },
        },
        icon("close", 14),
      ),
    ),
  );
  chosen.replaceChildren(...items);
}

function files(site) {
  return site.current({ files: [] }).files ?? [];
}

async function inBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  // In pieces: one call takes only so many arguments.
  for (let start = 0; start < bytes.length; start += 32_768)
    binary += String.fromCharCode(...bytes.subarray(start, start + 32_768));
  return btoa(binary);
}
