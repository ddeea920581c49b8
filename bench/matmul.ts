// How long is a matrix product by each of our implementations, and by stock tfjs? `npm run bench -- matmul [--adapter NAME] [--only nn|tn|nt|tt]`:
// the shapes of small dense networks in every transpose form that training takes, and one large square; all in one page, in turns.

import { serveFolder } from '../src/cli/static-server.ts';
import { launchOn } from './bench-page.ts';
import { buildBenchPage } from './build-page.ts';
import type { Product } from './matmul-page/page.ts';
import { measurement, reportOf, type BenchOptions, type BenchReport, type Measurement } from './measurement.ts';

/** M, K, N of the forward pass; the gradients' shapes follow. */
const layers = [
  [64, 16, 32],
  [64, 32, 4],
  [128, 784, 256],
  [128, 256, 128],
  [128, 128, 10],
] as const;

/** Runs it. */
export async function bench({ repeats, adapter, only, say }: BenchOptions): Promise<BenchReport> {
  const { outDir, address } = await buildBenchPage('matmul-page');
  const server = await serveFolder(outDir);
  const browser = await launchOn(adapter);
  const measurements: Measurement[] = [];
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0); // a slow adapter needs minutes for what a quick one does in seconds
    await page.goto(`${server.url}${address}`);
    await page.waitForFunction(() => window.timeMatMul !== undefined);
    for (const product of products()) {
      if (only !== null && only !== formOf(product)) continue;
      const times = await page.evaluate(([one, rounds]) => window.timeMatMul?.(one, rounds), [product, repeats] as const);
      const title = `${product.rows}×${product.inner}×${product.columns} ${formOf(product)}`;
      const rows = Object.entries(times ?? {}).map(([name, ms]) =>
        measurement(`${title}, ${name}`, 'ms', ms, { yardstick: `${title}, stock` }),
      );
      measurements.push(...rows);
      say(title);
    }
    const place = { benchmark: 'matmul', adapter, browser: `Chromium ${browser.version()}`, repeats };
    return reportOf(place, measurements, ['M×K×N; n: as it is, t: stored transposed. The first of each shape is its default.']);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Forward A·B, and of each layer the gradients dY·Bᵀ and Aᵀ·dY. */
function products(): Product[] {
  const training = layers.flatMap(([rows, inner, columns]) => [
    { rows, inner, columns, transposeA: false, transposeB: false },
    { rows, inner: columns, columns: inner, transposeA: false, transposeB: true },
    { rows: inner, inner: rows, columns, transposeA: true, transposeB: false },
  ]);
  return [
    ...training,
    { rows: 128, inner: 256, columns: 128, transposeA: true, transposeB: true },
    { rows: 1024, inner: 1024, columns: 1024, transposeA: false, transposeB: false },
  ];
}

function formOf({ transposeA, transposeB }: Product): string {
  return `${transposeA ? 't' : 'n'}${transposeB ? 't' : 'n'}`;
}
