// A page in a browser of any make, as the command line, the end-to-end tests and the benchmarks drive it: what Playwright (Chromium),
// WebDriver BiDi (Firefox, through puppeteer-core) and classic WebDriver (WebKitGTK) all can do, and no more. Everything else goes
// through `evaluate` and `window.lockstepPage`.

export const browserNames = ['chromium', 'firefox', 'webkit'] as const;
export type BrowserName = (typeof browserNames)[number];

/** One page. */
export interface PageDriver {
  readonly browser: BrowserName;
  /** Errors and warnings of the console and uncaught errors, as they came. Always empty in WebKit, whose WebDriver does not tell. */
  readonly complaints: readonly string[];
  /** Opens an address; resolves when it has loaded. */
  goto(url: string): Promise<void>;
  /** Runs a function in the page and waits for its promise. Argument and result must survive JSON. Rejects with what it threw. */
  evaluate<Arg, Result>(run: (arg: Arg) => Result | Promise<Result>, arg: Arg): Promise<Result>;
  /** A real click in the middle of an element. Rejects where there is none. */
  click(selector: string): Promise<void>;
  /** Size of the page in CSS pixels. */
  resize(width: number, height: number): Promise<void>;
  /** Writes a PNG of what the page shows. */
  screenshot(path: string): Promise<void>;
  /** Another page of the same profile. */
  newPage(): Promise<PageDriver>;
  /** Closes this page alone; another one must be left. */
  closePage(): Promise<void>;
  /** Ends the whole browser. */
  close(): Promise<void>;
}

/** Polls a condition in the page until it holds. Throws an Error that names `what` after `limitMs`. */
export async function waitFor<Arg>(
  page: PageDriver,
  what: string,
  holds: (arg: Arg) => boolean,
  arg: Arg,
  limitMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    if (await page.evaluate(holds, arg)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const said = page.complaints.length === 0 ? 'the page said nothing' : page.complaints.join('; ');
  throw new Error(`page: expected ${what} within ${limitMs / 1000} s, got: ${said}.`);
}
