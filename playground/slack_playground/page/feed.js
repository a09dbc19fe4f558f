const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;

/**
 * The server-sent events of one person. `opened` runs on every (re)connection: the caller
 * fetches what it missed. `lost` runs when the connection drops.
 */
export class Feed {
  constructor(user, { opened, lost, received }) {
    this.url = `/_playground/events?user=${encodeURIComponent(user)}`;
    this.opened = opened;
    this.lost = lost;
    this.received = received;
    this.waitMs = FIRST_WAIT_MS;
    this.#connect();
    // An open stream keeps a page out of the back/forward cache and counts against the browser's six per host.
    window.addEventListener("pagehide", () => this.source.close());
    window.addEventListener("pageshow", (event) => event.persisted && this.#connect());
  }

  #connect() {
    this.source = new EventSource(this.url);
    this.source.onopen = () => {
      this.waitMs = FIRST_WAIT_MS;
      this.opened();
    };
    this.source.onmessage = (event) => this.received(JSON.parse(event.data));
    this.source.onerror = () => this.#retry();
  }

  // The browser gives up for good on an HTTP error, and waits its own time on a refused connection.
  #retry() {
    this.lost();
    this.source.close();
    setTimeout(() => this.#connect(), this.waitMs);
    this.waitMs = Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
  }
}
