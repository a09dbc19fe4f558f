// A BullMQ worker that does what the payload of a job asks for: node worker.js REDIS_URL QUEUE
const fs = require("node:fs");
const { Worker } = require("bullmq");

const [url, queue] = process.argv.slice(2);
const { hostname, port, password } = new URL(url);
const connection = { host: hostname, port: Number(port), password, maxRetriesPerRequest: null };

const waitFor = async (file) => {
  while (file && !fs.existsSync(file)) await new Promise((done) => setTimeout(done, 20));
};

const work = async (job) => {
  const { payload, callbackUrl, callbackToken, taskId, attempt } = job.data;
  if (payload.progress !== undefined) await job.updateProgress(payload.progress);
  if (payload.callback) {
    const body = JSON.stringify({ taskId, attempt, status: "running", progress: payload.callback });
    const headers = { "content-type": "application/json", authorization: `Bearer ${callbackToken}` };
    await fetch(callbackUrl, { method: "POST", body, headers });
  }
  await waitFor(payload.until);
  if (payload.fail) throw new Error(payload.fail);
  return payload.result ?? { name: job.name, id: job.id, rows: 3 };
};

new Worker(queue, work, { connection, lockDuration: 5000, stalledInterval: 2000 }).waitUntilReady()
  .then(() => console.log("ready"));
