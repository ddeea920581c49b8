// The rules of the Trace Event Format, written from its public documents and not from our exporter: "Trace Event Format" (Google, 2016:
// JSON Object Format, Complete Events, Metadata Events) and Perfetto's "Visualizing external trace formats" (Chrome JSON format), which adds
// that slices of one thread must nest: one that begins within another and ends after it is dropped at import.

const phasesOfTheFormat = 'BEXiICbneSTpFstfPNODMVvRc(),'.split('');
const metadata: Readonly<Record<string, readonly [field: string, type: 'string' | 'number']>> = {
  process_name: ['name', 'string'],
  process_labels: ['labels', 'string'],
  process_sort_index: ['sort_index', 'number'],
  thread_name: ['name', 'string'],
  thread_sort_index: ['sort_index', 'number'],
};

type Fields = Readonly<Record<string, unknown>>;

/** Everything about a parsed trace file that breaks the format, as sentences; none for a file that Perfetto opens whole. */
export function brokenTraceRules(trace: unknown): readonly string[] {
  if (!isFields(trace)) return ['the file is not a JSON object'];
  const broken: string[] = [];
  const unit = trace['displayTimeUnit'];
  if (unit !== undefined && unit !== 'ms' && unit !== 'ns') broken.push(`displayTimeUnit is ${JSON.stringify(unit)}, not ms or ns`);
  const events = trace['traceEvents'];
  if (!Array.isArray(events)) return [...broken, 'traceEvents is not an array'];
  for (const [at, event] of (events as readonly unknown[]).entries()) {
    for (const problem of isFields(event) ? brokenEventRules(event) : ['is not an object']) broken.push(`event ${at} ${problem}`);
  }
  if (broken.length > 0) return broken;
  return brokenNesting(events.filter((event: Fields) => event['ph'] === 'X') as readonly Fields[]);
}

function brokenEventRules(event: Fields): readonly string[] {
  const broken: string[] = [];
  const { ph, name, cat, ts, dur, pid, tid, args } = event;
  if (typeof ph !== 'string' || !phasesOfTheFormat.includes(ph)) broken.push(`has the unknown phase ${String(ph)}`);
  if (typeof name !== 'string' || name === '') broken.push('has no name');
  for (const [field, id] of Object.entries({ pid, tid })) if (!Number.isInteger(id)) broken.push(`has the ${field} ${String(id)}`);
  if (args !== undefined && !isFields(args)) broken.push('has args that are no object');
  if (ph === 'X') {
    if (typeof cat !== 'string') broken.push('has no category');
    if (typeof ts !== 'number' || !Number.isFinite(ts) || ts < 0) broken.push(`begins at ${String(ts)}`);
    if (typeof dur !== 'number' || !Number.isFinite(dur) || dur < 0) broken.push(`lasts ${String(dur)}`);
  }
  if (ph === 'M') {
    const [field, type] = metadata[String(name)] ?? ['', 'string'];
    if (field === '') broken.push(`is metadata of the unknown kind ${String(name)}`);
    else if (!isFields(args) || typeof args[field] !== type) broken.push(`is ${String(name)} without args.${field}`);
  }
  return broken;
}

/** Nanoseconds, whole: microseconds with three decimals do not add up exactly. */
function brokenNesting(slices: readonly Fields[]): readonly string[] {
  const broken: string[] = [];
  const threads = new Map<string, { readonly name: string; readonly start: number; readonly end: number }[]>();
  for (const { pid, tid, ts, dur, name } of slices) {
    const key = `${String(pid)}/${String(tid)}`;
    const start = Math.round(Number(ts) * 1000);
    threads.set(key, [...(threads.get(key) ?? []), { name: String(name), start, end: start + Math.round(Number(dur) * 1000) }]);
  }
  for (const [key, thread] of threads) {
    const open: { readonly name: string; readonly end: number }[] = [];
    for (const slice of thread.sort((a, b) => a.start - b.start || b.end - a.end)) {
      while ((open.at(-1)?.end ?? Infinity) <= slice.start) open.pop();
      const around = open.at(-1);
      if (around !== undefined && slice.end > around.end)
        broken.push(`thread ${key}: ${slice.name} begins within ${around.name} and ends after it`);
      open.push(slice);
    }
  }
  return broken;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
