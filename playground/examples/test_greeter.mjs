// A test in JavaScript: `node --test`, beside a playground whose address is in SLACK_API_URL.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { app } from "./greeter.js";

const url = process.env.SLACK_API_URL.replace("api/", "_playground/");
const act = async (path, body) => {
  const headers = { "Content-Type": "application/json" };
  const sent = JSON.stringify({ user: "ada", channel: "ops", ...body });
  return (await fetch(`${url}${path}`, { method: "POST", headers, body: sent })).json();
};

after(() => app.stop());

test("hello is answered", async () => {
  const { message } = await act("messages", { text: "hello" });
  const { messages } = await act("wait", { thread_ts: message.ts, contains: "Hi" });
  assert.equal(messages[0].text, `Hi <@${message.user}>`);
});
