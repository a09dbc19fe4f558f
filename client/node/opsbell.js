// Shows the jobs of a BullMQ worker in Slack: follow(worker) – Node 18 or newer, no dependencies.
const FIRST_WAIT_MS = 500, TRIES = 6, TIMEOUT_MS = 5000;

/** Report on every job of *worker*; an absent or failing server changes nothing for the jobs. */
function follow(worker, { url = process.env.OPSBELL_URL, token = process.env.OPSBELL_TOKEN, channel } = {}) {
  const last = new Map(); // What is on its way, by job: one report after the other.
  let clock = 0; // Orders reports, also two of one millisecond and those of an earlier process.
  const tick = () => (clock = Math.max(Date.now(), clock + 1));
  const enqueue = (job, send) => {
    const next = (last.get(job.id) ?? Promise.resolve()).then(send);
    last.set(job.id, next);
    next.finally(() => last.get(job.id) === next && last.delete(job.id));
  };
  const own = (job) => (job.data?.callbackUrl && job.data?.taskId ? job.data : null); // started by the server
  const idOf = (job) => own(job)?.taskId ?? `${worker.name}-${job.id}`.replace(/[^!-~]|`/g, "-").slice(0, 200);
  const subjectOf = (job) => job.data?.subject ?? job.data?.dealer;
  const report = (job, status, said, attempt = job.attemptsMade + (status === "failed" ? 0 : 1)) => {
    const data = own(job);
    if (!data && !(url && token)) return;
    const body = {
      taskId: idOf(job), task: job.name, subject: subjectOf(job), ...data?.slackContext, // channel and ts
      status, attempt: (data?.attempt ?? 1) + attempt - 1, seq: tick(), ...said,
    };
    const [where, bearer] = data ? [data.callbackUrl, data.callbackToken] : [`${url}/api/slack/update`, token];
    enqueue(job, () => post(where, bearer, body));
  };
  worker.on("active", (job) => {
    const task = { taskId: idOf(job), task: job.name, subject: subjectOf(job), channel, status: "running", metadata: { queue: worker.name } };
    if (!own(job) && url && token) enqueue(job, () => post(`${url}/api/tasks`, token, task));
    report(job, "running", {});
  });
  worker.on("progress", (job, progress) => {
    const percent = typeof progress === "number" ? progress : progress?.percent ?? progress?.progress;
    if (percent >= 0 && percent <= 100) report(job, "running", { progress: percent });
  });
  worker.on("completed", (job, result) => report(job, "completed", { stats: numbersOf(result) }, job.attemptsMade));
  worker.on("failed", (job, error) => {
    if (!job) return; // It stalled too often, and BullMQ has removed it.
    const text = String(error?.stack ?? error).slice(0, 4000);
    if (job.finishedOn) report(job, "failed", { error: text, stats: {} });
    else report(job, "queued", { seq: 1, progressNote: `retry after ${text.split("\n")[0]}`.slice(0, 200) }, job.attemptsMade + 1);
  });
  return { told: () => Promise.all(last.values()) }; // For the end of a process: await it before exit.
}

const numbersOf = (result) =>
  Object.fromEntries(Object.entries(Array.isArray(result) ? {} : Object(result)).filter(([, value]) => Number.isFinite(value)));

async function post(where, bearer, body) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${bearer}` };
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      const options = { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS) };
      const { status } = await fetch(where, options);
      if (status < 500 && ![401, 403, 408, 425, 429].includes(status)) return;
    } catch {} // Refused, too slow, cut off: tried again below, and given up in the end.
    await new Promise((done) => setTimeout(done, FIRST_WAIT_MS * 2 ** attempt).unref());
  }
}

module.exports = { follow };
