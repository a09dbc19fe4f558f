// The same POST through BullMQ: `fill` stores jobs, `work` sends them, `latency` does both at 50 a second.
// POST_WITH says how a job calls: "http" is Node's bare client over kept-alive sockets, "fetch" its usual one.
import { createRequire } from "node:module";
import http from "node:http";

const require = createRequire(`${process.env.BULLMQ_HOME}/`);
const { Queue, Worker } = require("bullmq");

const connection = { host: "127.0.0.1", port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
const agent = new http.Agent({ keepAlive: true, maxSockets: 50 });
const address = new URL(`${process.env.SLACK_URL}chat.postMessage`);
const count = Number(process.env.COUNT);

function post(job) {
  return process.env.POST_WITH === "fetch" ? postWithFetch(job) : postWithHttp(job);
}

const bodyOf = ({ channel, text }) =>
  JSON.stringify({ channel, text, blocks: [{ type: "section", text: { type: "plain_text", text } }] });

async function postWithFetch(job) {
  const headers = { "Content-Type": "application/json; charset=utf-8" };
  const response = await fetch(address, { method: "POST", headers, body: bodyOf(job) });
  const answer = await response.json();
  if (!answer.ok) throw new Error(answer.error);
  return answer.ts;
}

function postWithHttp(job) {
  const body = bodyOf(job);
  const headers = { "Content-Type": "application/json; charset=utf-8", "Content-Length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = http.request(address, { method: "POST", agent, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => {
        const answer = JSON.parse(Buffer.concat(parts));
        if (answer.ok) resolve(answer.ts);
        else reject(new Error(answer.error));
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

const job = (number) => ({
  name: "post",
  data: { channel: "C0BENCH", text: `message ${number}` },
  opts: { attempts: 4, backoff: { type: "exponential", delay: 2000 } },
});

function work() {
  const began = process.cpuUsage();
  const worker = new Worker("messages", (one) => post(one.data), { connection, concurrency: 50 });
  process.on("SIGTERM", async () => {
    const used = process.cpuUsage(began);
    process.stdout.write(`${JSON.stringify({ cpu_s: (used.user + used.system) / 1e6 })}\n`);
    await worker.close(true);
    process.exit(0);
  });
  return worker;
}

const queue = new Queue("messages", { connection });
if (process.argv[2] === "fill") {
  for (let from = 0; from < count; from += 500) {
    await queue.addBulk(Array.from({ length: Math.min(500, count - from) }, (_, n) => job(from + n)));
  }
  process.exit(0);
} else if (process.argv[2] === "work") {
  work();
} else {
  await work().waitUntilReady();
  const asked = [];
  for (let n = 0; n < count; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    asked.push((performance.timeOrigin + performance.now()) / 1000);
    const { name, data, opts } = job(n);
    await queue.add(name, data, opts);
  }
  process.stdout.write(`${JSON.stringify({ asked })}\n`);
}
