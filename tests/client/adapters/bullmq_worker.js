// The worker of the tests: what a job does, its data says. node bullmq_worker.js REDIS_URL QUEUE MODULES CLIENT
const { createRequire } = require("node:module");
const [url, queue, modules, client] = process.argv.slice(2);
const { Worker, UnrecoverableError } = createRequire(`${modules}/`)("bullmq");
const { follow } = require(client);
const { hostname, port, password } = new URL(url);

const work = async (job) => {
  await job.updateProgress(40);
  if (job.data.do === "fail") throw new UnrecoverableError("no disk, token=abcdefgh1");
  if (job.data.do === "retry" && job.attemptsMade === 0) throw new Error("try again");
  return { rows: 3, name: "x" };
};

const worker = new Worker(queue, work, { connection: { host: hostname, port: Number(port), password, maxRetriesPerRequest: null } });
follow(worker, { channel: "#ops" });
worker.waitUntilReady().then(() => console.log("ready"));
