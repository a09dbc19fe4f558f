"use strict";
// Sends what a form of the page says to the server that the page came from, and shows the answer.
const base = location.pathname.replace(/\/api\/docs\/?$/, "");

function addressOf(form) {
  const query = new URLSearchParams();
  let address = base + form.dataset.path;
  for (const field of form.querySelectorAll("input")) {
    const value = field.value.trim();
    if (field.dataset.in === "path") address = address.replace(`{${field.name}}`, encodeURIComponent(value));
    else if (value) query.append(field.name, value);
  }
  return query.toString() ? `${address}?${query}` : address;
}

function requestOf(form) {
  const token = document.getElementById("token").value.trim();
  const body = form.querySelector("textarea");
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  return { method: form.dataset.method, headers, body: body?.value, cache: "no-store", credentials: "omit", redirect: "manual" };
}

async function told(answer) {
  if (answer.type === "opaqueredirect") return "A redirect, which is not followed here.";
  const type = answer.headers.get("Content-Type") ?? "";
  if (!/^(application\/json|text\/)/.test(type)) return `${answer.status} ${type}, ${(await answer.blob()).size} bytes`;
  const text = await answer.text();
  const shown = type.startsWith("application/json") && text ? JSON.stringify(JSON.parse(text), null, 2) : text;
  return `${answer.status} ${answer.statusText}\n\n${shown}`;
}

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const output = form.querySelector("output");
    output.textContent = "…";
    try {
      output.textContent = await told(await fetch(addressOf(form), requestOf(form)));
    } catch (error) {
      output.textContent = `No answer: ${error.message}`;
    }
  });
}
