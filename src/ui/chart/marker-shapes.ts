// The shapes that tell lanes apart on their curves and in legends, as polygons: the same corners on a canvas, in the page's SVG and in an
// exported one.

export const markerNames = ['circle', 'square', 'triangle', 'diamond', 'plus', 'cross'] as const;
export type MarkerName = (typeof markerNames)[number];

type Corners = readonly (readonly [x: number, y: number])[];

const third = 0.36;
const plus: Corners = [
  [-third, -1],
  [third, -1],
  [third, -third],
  [1, -third],
  [1, third],
  [third, third],
  [third, 1],
  [-third, 1],
  [-third, third],
  [-1, third],
  [-1, -third],
  [-third, -third],
];
const turned = Math.SQRT1_2;

const shapes: Readonly<Record<MarkerName, Corners>> = {
  circle: Array.from({ length: 16 }, (_, at) => [Math.cos((at * Math.PI) / 8), Math.sin((at * Math.PI) / 8)] as const),
  square: [
    [-0.88, -0.88],
    [0.88, -0.88],
    [0.88, 0.88],
    [-0.88, 0.88],
  ],
  triangle: [
    [0, -1.15],
    [1.05, 0.75],
    [-1.05, 0.75],
  ],
  diamond: [
    [0, -1.25],
    [1.05, 0],
    [0, 1.25],
    [-1.05, 0],
  ],
  plus,
  cross: plus.map(([x, y]) => [(x - y) * turned, (x + y) * turned] as const),
};

/** The corners of a marker of `radius` around a point. */
export function markerCorners(name: MarkerName, x: number, y: number, radius: number): Corners {
  return shapes[name].map(([cornerX, cornerY]) => [x + radius * cornerX, y + radius * cornerY] as const);
}

/** The corners as an SVG polygon's `points`. */
export function markerPoints(name: MarkerName, x: number, y: number, radius: number): string {
  return markerCorners(name, x, y, radius)
    .map(([cornerX, cornerY]) => `${Number(cornerX.toFixed(2))},${Number(cornerY.toFixed(2))}`)
    .join(' ');
}
