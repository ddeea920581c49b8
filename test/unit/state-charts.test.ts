// What goes into a chart: curves over every x axis, repeats as a mean and a band, gaps, the panels somebody chose, and styles that tell lanes
// apart.

import { describe, expect, it } from 'vitest';
import type { LaneResult } from '../../src/runner/results.ts';
import { axisColumn } from '../../src/state/chart-axis.ts';
import type { AxisFacts } from '../../src/state/chart-axis.ts';
import type { AxisName } from '../../src/state/axis-name.ts';
import { createCurves, curvesSignature } from '../../src/state/chart-curves.ts';
import type { Curve, CurveSources } from '../../src/state/chart-curves.ts';
import { factsOfLane, factsOfRun, fullRange } from '../../src/state/chart-facts.ts';
import { createChartPanels } from '../../src/state/chart-panels.ts';
import { createChartView } from '../../src/state/chart-view.ts';
import { Column } from '../../src/state/column.ts';
import { createLaneState } from '../../src/state/lanes.ts';
import type { LaneState } from '../../src/state/lanes.ts';
import type { OverlayLane } from '../../src/state/overlay.ts';
import { styleIndexes } from '../../src/state/repeat-groups.ts';
import { LaneSeries } from '../../src/state/series.ts';
import { smoothColumn } from '../../src/state/smoothing.ts';
import { createStorage } from '../../src/state/storage.ts';
import { parseLane, parseLaneList } from '../../src/train/lane.ts';
import { expandRepeats } from '../../src/train/repeats.ts';
import { laneStyle } from '../../src/ui/chart/lane-style.ts';
import { StepRows } from '../../src/ui/chart/step-rows.ts';
import { fakeRecord } from '../support/fake-records.ts';

function columnOf(values: readonly number[]): Column {
  const column = new Column();
  for (const value of values) column.push(value);
  return column;
}

function laneOf(index: number, fields: Partial<LaneState['lane']> = {}): LaneState {
  return createLaneState(index, { ...parseLane('1xfp32', 'lane'), label: `lane ${index}`, ...fields });
}

const unknown: AxisFacts = { globalBatch: null, modelledStepMs: null };
const overlayOf = (facts: AxisFacts): OverlayLane => ({ id: 'a', label: 'before', series: new LaneSeries(), facts, isImported: false });

/** Steps from 1 with these losses, 20 ms each. */
function train(
  lane: LaneState,
  loss: readonly (number | null)[],
  metrics: Readonly<Record<string, readonly (number | null)[]>> = {},
): void {
  const from = lane.series.steps.length;
  lane.series.appendSteps({ step: loss.map((_, at) => from + at + 1), loss, stepMs: loss.map(() => 20), metrics });
}

function sourcesOf(lanes: readonly LaneState[], more: Partial<CurveSources> = {}): CurveSources {
  return {
    lanes,
    hidden: new Set(),
    overlays: [],
    factsOf: () => ({ globalBatch: 128, modelledStepMs: 5 }),
    quantity: { source: 'steps', metric: 'loss', how: 'as-is', isSmoothed: true },
    axis: 'step',
    smoothing: 0,
    ...more,
  };
}

function curvesOf(lanes: readonly LaneState[], more: Partial<CurveSources> = {}): readonly Curve[] {
  const { curves } = createCurves(sourcesOf(lanes, more));
  for (const curve of curves) curve.update();
  return curves;
}

const values = (column: Column | null | undefined) => (column === null || column === undefined ? null : [...column.view()]);

describe('an x axis', () => {
  const lane = laneOf(0);
  train(lane, [4, 3, 2, 1], { epoch: [0.5, 1, 1.5, 2], bytesSent: [100, 200, 50, 150] });
  lane.series.appendEval({ step: 2, values: { testLoss: 9 } });
  lane.series.appendEval({ step: 4, values: { testLoss: 8 } });
  const facts = { globalBatch: 128, modelledStepMs: 5 };
  const placesOf = (axis: AxisName, source: 'steps' | 'evals') => {
    const column = axisColumn(lane.series, source, axis, facts);
    column?.update();
    return values(column?.column);
  };

  it.each([
    ['step', [1, 2, 3, 4], [2, 4]],
    ['samples', [128, 256, 384, 512], [256, 512]],
    ['epochs', [0.5, 1, 1.5, 2], [1, 2]],
    ['time', [0.02, 0.04, 0.06, 0.08], [0.04, 0.08]],
    ['modelled', [0.005, 0.01, 0.015, 0.02], [0.01, 0.02]],
    // The counter began anew at the third step, as after a lost rank.
    ['bytes', [100, 200, 250, 350], [200, 350]],
  ] as const)('of %s places every step, and evaluations where their step is', (axis, steps, evals) => {
    const closeTo = (expected: readonly number[]) => expected.map((value) => expect.closeTo(value, 12));
    expect(placesOf(axis, 'steps')).toEqual(closeTo(steps));
    expect(placesOf(axis, 'evals')).toEqual(closeTo(evals));
  });

  it('grows with its lane, however often it is asked', () => {
    const growing = laneOf(1);
    train(growing, [1]);
    const time = axisColumn(growing.series, 'steps', 'time', facts);
    time?.update();
    train(growing, [1, 1]);
    time?.update();
    time?.update();
    expect(values(time?.column)).toEqual([0.02, 0.04, 0.06].map((value) => expect.closeTo(value, 12)));
  });

  it('does not exist where a lane has nothing to tell it by', () => {
    const none = { globalBatch: null, modelledStepMs: null };
    expect((['samples', 'epochs', 'modelled', 'bytes'] as const).map((axis) => axisColumn(laneOf(2).series, 'steps', axis, none))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('takes the modelled step of as many ranks as the lane has, and the measured one for a rank alone', () => {
    const one = laneOf(0);
    const four = laneOf(1, { worldSize: 4 });
    const predictions = [2, 4].map((worldSize) => ({ worldSize, modelledStepMs: worldSize * 3 }));
    one.result.value = { medianStepMs: 20, modelled: null } as LaneResult; // the two fields that are read
    four.result.value = { medianStepMs: 90, modelled: { predictions } } as unknown as LaneResult; // as above
    expect([one, four].map((lane) => factsOfLane(lane, null).modelledStepMs)).toEqual([20, 12]);
    expect(factsOfLane(laneOf(2, { worldSize: 4 }), null).modelledStepMs).toBeNull();
  });

  it('reaches to the last step that was declared, and on other axes to the lane that came furthest', () => {
    const short = laneOf(0);
    const long = laneOf(1);
    train(short, [1, 1]);
    train(long, [1, 1, 1]);
    const declaration = { steps: 300, globalBatch: 10, target: null } as never; // the fields that are read
    expect(fullRange([short, long], [], 'step', declaration)).toEqual({ min: 1, max: 300 });
    expect(fullRange([short, long], [], 'samples', declaration)).toEqual({ min: 0, max: 3000 });
    expect(fullRange([short, long], [], 'time', declaration)).toEqual({ min: 0, max: expect.closeTo(0.06, 12) });
    expect(fullRange([], [], 'time', null)).toEqual({ min: 0, max: 1 });
  });
});

describe('curves', () => {
  it('tell a value that is no number from one that was never logged', () => {
    const lane = laneOf(0);
    train(lane, [1, NaN, Infinity, 4], { norm: [null, 2, null, NaN] });
    const [loss] = curvesOf([lane]);
    expect(values(loss?.nonFiniteRows())).toEqual([1, 2]);
    const [norm] = curvesOf([lane], { quantity: { source: 'steps', metric: 'norm', how: 'as-is', isSmoothed: true } });
    expect(values(norm?.nonFiniteRows())).toEqual([3]);
    expect(values(norm?.raw)).toEqual([NaN, 2, NaN, NaN]);
  });

  it('of repeats are one mean and a band, as far as all repeats are', () => {
    const lanes = [0, 1, 2].map((index) => laneOf(index, { repeat: { group: '1xfp32', index, count: 3 } }));
    [
      [1, 2, 3],
      [3, 4],
      [5, 9, 1],
    ].forEach((loss, index) => train(lanes[index] ?? laneOf(9), loss));
    const curves = curvesOf(lanes);
    expect(curves.map(({ label, kind, lanes: of, seedCount }) => ({ label, kind, of, seedCount }))).toEqual([
      { label: '1xfp32', kind: 'repeats', of: [0, 1, 2], seedCount: 3 },
    ]);
    expect(values(curves[0]?.raw)).toEqual([3, 5]);
    expect(values(curves[0]?.band?.low)).toEqual([1, 2]);
    expect(values(curves[0]?.band?.high)).toEqual([5, 9]);
  });

  it('leave out hidden lanes, and put earlier runs behind', () => {
    const lanes = [laneOf(0), laneOf(1)];
    for (const lane of lanes) train(lane, [1, 2]);
    const series = new LaneSeries();
    series.appendSteps({ step: [1], loss: [7], stepMs: [1], metrics: {} });
    const curves = curvesOf(lanes, { hidden: new Set([0]), overlays: [{ ...overlayOf(unknown), series }] });
    expect(curves.map(({ label, kind }) => [label, kind])).toEqual([
      ['before', 'overlay'],
      ['lane 1', 'lane'],
    ]);
  });

  it.each([
    ['step', [1, 2]],
    ['samples', [256, 512]],
    ['epochs', [0.5, 1]],
    ['time', [0.01, 0.02]],
    ['modelled', [0.003, 0.006]],
    ['bytes', [100, 200]],
  ] as const)('put an earlier run where it belongs on the axis of %s, by what it says of itself', (axis, places) => {
    const body = fakeRecord(1, { steps: 2 }).body;
    const modelled = { predictions: [{ worldSize: 4, modelledStepMs: 3 }] } as unknown as LaneResult['modelled']; // only this is read
    const facts = factsOfRun(body.manifest, { ...body.result, shortForm: '4xfp32+batch=256', worldSize: 4, modelled });
    const overlay = overlayOf(facts);
    overlay.series.appendSteps({ step: [1, 2], loss: [7, 6], stepMs: [10, 10], metrics: { epoch: [0.5, 1], bytesSent: [100, 200] } });
    const [curve] = curvesOf([], { axis, overlays: [overlay] });
    expect(values(curve?.x)).toEqual(places);
    expect(fullRange([], [overlay], axis, null).max).toBe(places[1]);
  });

  it('say of an earlier run whether the axis or the quantity is what it lacks', () => {
    const own = overlayOf(factsOfRun({ globalBatch: null }, fakeRecord(1).body.result));
    own.series.appendSteps({ step: [1], loss: [7], stepMs: [10], metrics: {} });
    const missingOn = (axis: AxisName, how: 'as-is' | 'rate') =>
      createCurves(sourcesOf([], { axis, overlays: [own], quantity: { source: 'steps', metric: 'stepMs', how, isSmoothed: true } }))
        .missing;
    expect(missingOn('samples', 'as-is')).toEqual([{ label: 'before', lacks: 'axis' }]);
    expect(missingOn('epochs', 'as-is')).toEqual([{ label: 'before', lacks: 'axis' }]);
    expect(missingOn('time', 'as-is')).toEqual([]);
    expect(missingOn('time', 'rate')).toEqual([{ label: 'before', lacks: 'quantity' }]);
  });

  it('of repeats have one colour, that of their entry in the list, whichever of them is hidden or has begun', () => {
    const declared = expandRepeats(parseLaneList('1xfp32+repeat=3,4xfp32,4xfp16+repeat=2'), 1);
    expect(styleIndexes(declared)).toEqual([0, 0, 0, 1, 2, 2]);
    const lanes = declared.map((lane, index) => createLaneState(index, lane, styleIndexes(declared)[index]));
    for (const lane of lanes) train(lane, [1, 2]);
    const stylesWithout = (hidden: readonly number[]) => curvesOf(lanes, { hidden: new Set(hidden) }).map(({ styleIndex }) => styleIndex);
    expect([stylesWithout([]), stylesWithout([0, 4])]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  it('name the lanes that have begun and have no place on the axis', () => {
    const lanes = [laneOf(0), laneOf(1)];
    for (const lane of lanes) train(lane, [1, 2]);
    lanes.push(laneOf(2));
    const factsOf = ({ index }: LaneState) => ({ globalBatch: null, modelledStepMs: index === 1 ? 4 : null });
    const { curves, missing } = createCurves(sourcesOf(lanes, { axis: 'modelled', factsOf }));
    expect(curves.map(({ label }) => label)).toEqual(['lane 1']);
    expect(missing).toEqual([{ label: 'lane 0', lacks: 'axis' }]);
  });

  it('are made anew when a lane begins, and not when it goes on', () => {
    const lane = laneOf(0);
    const signature = () => curvesSignature(sourcesOf([lane]));
    const before = signature();
    train(lane, [1]);
    const begun = signature();
    train(lane, [1]);
    expect(begun).not.toBe(before);
    expect(signature()).toBe(begun);
  });

  it('of throughput divide the global batch by the step’s time', () => {
    const lane = laneOf(0);
    train(lane, [1, 1]);
    const [curve] = curvesOf([lane], { quantity: { source: 'steps', metric: 'stepMs', how: 'rate', isSmoothed: true } });
    expect(values(curve?.raw)).toEqual([6400, 6400]);
  });

  it('of a loss scale mark the steps that were skipped', () => {
    const lane = laneOf(0);
    train(lane, [1, 1, 1, 1], { lossScale: [8, 8, 4, 4], skippedSteps: [0, 1, 1, 3] });
    const [curve] = curvesOf([lane], {
      quantity: { source: 'steps', metric: 'lossScale', how: 'as-is', isSmoothed: false },
      smoothing: 0.9,
    });
    expect(values(curve?.skippedRows)).toEqual([1, 3]);
    expect(curve?.smoothed).toBeNull();
  });

  it('of repeats’ loss scales mark the steps that any of them skipped, as far as all have come', () => {
    const lanes = [0, 1].map((index) => laneOf(index, { repeat: { group: '1xfp16', index, count: 2 } }));
    const skips = [
      [0, 1, 1, 1, 2],
      [0, 0, 0, 1],
    ];
    for (const [index, skippedSteps] of skips.entries()) {
      const ones = skippedSteps.map(() => 1);
      train(lanes[index] ?? laneOf(9), ones, { lossScale: ones, skippedSteps });
    }
    const [curve] = curvesOf(lanes, { quantity: { source: 'steps', metric: 'lossScale', how: 'as-is', isSmoothed: false } });
    expect(curve?.kind).toBe('repeats');
    expect(values(curve?.skippedRows)).toEqual([1, 3]);
  });
});

describe('smoothing', () => {
  it('keeps a constant, from the first value on', () => {
    const smoothed = smoothColumn(columnOf([5, 5, 5, 5]), 0.9);
    smoothed.update();
    expect(values(smoothed.column)).toEqual([5, 5, 5, 5].map((value) => expect.closeTo(value, 12)));
  });

  it('is the weighted mean with weights βⁿ, over every value so far', () => {
    const list = Array.from({ length: 50 }, (_, at) => Math.sin(at) + at / 10);
    const beta = 0.8;
    const smoothed = smoothColumn(columnOf(list), beta);
    smoothed.update();
    // Closed form: Σ βⁿ⁻ⁱ yᵢ ÷ Σ βⁿ⁻ⁱ.
    const expected = list.map((_, last) => {
      const weights = list.slice(0, last + 1).map((_value, at) => beta ** (last - at));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return weights.reduce((total, weight, at) => total + weight * (list[at] ?? 0), 0) / sum;
    });
    expect(values(smoothed.column)).toEqual(expected.map((value) => expect.closeTo(value, 10)));
  });

  it('passes over what is not finite', () => {
    const smoothed = smoothColumn(columnOf([1, NaN, Infinity, 1]), 0.5);
    smoothed.update();
    expect(values(smoothed.column)).toEqual([1, NaN, NaN, 1]);
  });
});

describe('panels', () => {
  function storage() {
    const kept = new Map<string, string>();
    return createStorage(() => ({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }));
  }

  it('are the loss and a metric at first, and what somebody made of them after a reload', () => {
    const store = storage();
    const { panels } = createChartView(store);
    expect(panels.list.value.map(({ kind }) => kind)).toEqual(['loss', 'metric']);
    panels.add('memory');
    const [loss, metric, memory] = panels.list.value.map(({ id }) => id);
    panels.move(memory ?? -1, -1);
    panels.move(loss ?? -1, -1); // is first already
    panels.remove(metric ?? -1);
    panels.change(loss ?? -1, { isLogarithmic: true });
    expect(createChartPanels(store).list.value).toEqual([
      { id: 0, kind: 'loss', metric: null, isLogarithmic: true },
      { id: 1, kind: 'memory', metric: null, isLogarithmic: false },
    ]);
  });

  it('are the default ones where what was kept is not ours', () => {
    for (const text of ['{', '7', '{"kind":"loss"}']) {
      const store = storage();
      store.write('chart-panels', text);
      expect(createChartPanels(store).list.value.map(({ kind }) => kind)).toEqual(['loss', 'metric']);
    }
  });

  it('show everything again when the axis changes, which is kept with the smoothing', () => {
    const store = storage();
    const view = createChartView(store);
    view.zoom.value = { min: 3, max: 4 };
    view.setAxis('time');
    view.setSmoothing(7);
    expect(view.zoom.value).toBeNull();
    const again = createChartView(store);
    expect([again.axis.value, again.smoothing.value]).toEqual(['time', 0.99]);
  });
});

describe('rows of a table', () => {
  it('agree with sorting everything at the end, for turns of random length', () => {
    const columns = [new Column(), new Column(), new Column()];
    const rows = new StepRows(3);
    const next = [0, 0, 0];
    let state = 7;
    const random = (): number => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    for (let turn = 0; turn < 200; turn += 1) {
      const lane = turn % 3;
      for (let count = Math.ceil(random() * 10); count > 0; count -= 1) {
        next[lane] = (next[lane] ?? 0) + 1 + Math.floor(random() * 2);
        columns[lane]?.push(next[lane] ?? 0);
      }
      rows.update(columns);
    }
    const steps = [...new Set(columns.flatMap((column) => [...column.view()]))].sort((a, b) => a - b);
    const expected = steps.map((step) => ({
      step,
      rows: columns.map((column) => (column.view().includes(step) ? column.view().indexOf(step) : null)),
    }));
    expect(rows.slice(0, rows.length)).toEqual(expected);
  });
});

describe('lane styles', () => {
  it('give 35 lanes 35 different pairs of colour and dash, and 210 lanes as many triples with the marker, in both themes', () => {
    for (const theme of ['light', 'dark'] as const) {
      const styles = Array.from({ length: 210 }, (_, lane) => laneStyle(lane, theme));
      expect(new Set(styles.slice(0, 35).map(({ colour, dash }) => JSON.stringify([colour, dash]))).size).toBe(35);
      expect(new Set(styles.map((style) => JSON.stringify(style))).size).toBe(210);
    }
  });

  it('give the first four lanes four colours, four dashes and four markers', () => {
    const styles = [0, 1, 2, 3].map((lane) => laneStyle(lane, 'light'));
    expect(new Set(styles.map(({ colour }) => colour)).size).toBe(4);
    expect(new Set(styles.map(({ dash }) => dash.join())).size).toBe(4);
    expect(new Set(styles.map(({ marker }) => marker)).size).toBe(4);
  });
});
