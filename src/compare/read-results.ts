// A results.json from a file, which anybody may have edited: what running it again reads is checked, and an error names the place.

import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import { parseVariantTable } from '../core/kernel-variants.ts';
import type { RunResults } from '../runner/results.ts';

/** Checks the parts of results that are needed to run them again. Throws `config-invalid`, naming the place. */
export function readResults(value: unknown): RunResults {
  if (!isRecord(value)) throw invalid('results', 'an object', value);
  if (value['schemaVersion'] !== 1) throw invalid('schemaVersion', '1', value['schemaVersion']);
  const { manifest, lanes } = value;
  if (!isRecord(manifest)) throw invalid('manifest', 'an object', manifest);
  if (!isRecord(manifest['versions'])) throw invalid('manifest.versions', 'an object', manifest['versions']);
  if (!Array.isArray(manifest['features'])) throw invalid('manifest.features', 'a list', manifest['features']);
  if (!isRecord(manifest['adapter']) && manifest['adapter'] !== null)
    throw invalid('manifest.adapter', 'an object or null', manifest['adapter']);
  if (typeof manifest['seed'] !== 'number') throw invalid('manifest.seed', 'a number', manifest['seed']);
  if (!Array.isArray(lanes)) throw invalid('lanes', 'a list', lanes);
  const seed = manifest['seed'];
  const read = (lanes as readonly unknown[]).map((lane, index) => readLane(lane, `lanes[${index}]`, seed));
  const kernelVariants = parseVariantTable(manifest['kernelVariants']); // before there was a choice, none was recorded
  return { ...value, manifest: { ...manifest, kernelVariants }, lanes: read } as unknown as RunResults; // checked above, as far as it is read
}

function readLane(lane: unknown, place: string, runSeed: number): Readonly<Record<string, unknown>> {
  if (!isRecord(lane)) throw invalid(place, 'an object', lane);
  for (const name of ['label', 'shortForm', 'state', 'precision']) {
    if (typeof lane[name] !== 'string') throw invalid(`${place}.${name}`, 'a text', lane[name]);
  }
  if (typeof lane['steps'] !== 'number') throw invalid(`${place}.steps`, 'a number', lane['steps']);
  for (const name of ['series', 'evals', 'learningRateChanges', 'membershipChanges']) {
    const list = lane[name];
    if (!Array.isArray(list)) throw invalid(`${place}.${name}`, 'a list', list);
    const bad = (list as readonly unknown[]).findIndex((row) => !isRecord(row) || typeof row['step'] !== 'number');
    if (bad !== -1) throw invalid(`${place}.${name}[${bad}].step`, 'a number', (list as readonly unknown[])[bad]);
  }
  checkSpans(lane['notFinite'] ?? [], `${place}.notFinite`);
  // Before lanes could be repeated all had the run's seed, before there was `notFinite` nobody knows what a null was, and `f32Ops` was not told.
  return { seed: runSeed, repeat: null, notFinite: null, f32Ops: [], ...lane };
}

function checkSpans(spans: unknown, place: string): void {
  if (!Array.isArray(spans)) throw invalid(place, 'a list or null', spans);
  for (const [index, span] of (spans as readonly unknown[]).entries()) {
    if (!isRecord(span)) throw invalid(`${place}[${index}]`, 'an object', span);
    for (const name of ['table', 'metric', 'value'])
      if (typeof span[name] !== 'string') throw invalid(`${place}[${index}].${name}`, 'a text', span[name]);
    for (const name of ['fromStep', 'toStep'])
      if (typeof span[name] !== 'number') throw invalid(`${place}[${index}].${name}`, 'a number', span[name]);
  }
}

function invalid(place: string, expectation: string, got: unknown): PlaygroundError {
  const text = JSON.stringify(got) ?? String(got);
  return new PlaygroundError(
    'config-invalid',
    `${place}: expected ${expectation}, got ${text.length > 80 ? `${text.slice(0, 80)}…` : text}.`,
    {
      place,
    },
  );
}
