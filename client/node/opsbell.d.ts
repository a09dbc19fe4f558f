import type { Worker } from "bullmq";

export interface Options {
  /** Where Opsbell answers; default: OPSBELL_URL. */
  url?: string;
  /** A token with the scope tasks:write; default: OPSBELL_TOKEN. */
  token?: string;
  /** Where to show the jobs; default: the server's choice. */
  channel?: string;
}

/** Report on every job of *worker*. `told` resolves once everything said so far was sent or given up. */
export function follow(worker: Worker, options?: Options): { told: () => Promise<unknown> };
