// Puts a scene on a canvas. Paths are made once per scene and kept: when another lane is to stand out, they are only stroked again.

import type { ThemeName } from '../../state/theme.ts';
import type { Scene, SceneCurve } from './chart-scene.ts';
import { curveStyle, curveWidth, markerRadius, opacity, standsBack } from './curve-style.ts';
import { markerCorners } from './marker-shapes.ts';
import type { MarkerName } from './marker-shapes.ts';
import type { ScenePixels } from './scene-pixels.ts';
import { markerPlaces, traceBand, traceLine } from './trace.ts';

/** The paths of one curve. */
interface CurvePaths {
  readonly of: SceneCurve;
  readonly raw: Path2D;
  readonly smoothed: Path2D | null;
  readonly band: Path2D | null;
  readonly markers: Path2D;
  /** Crosses at the bottom: values that are no numbers; triangles at the top: skipped steps. */
  readonly events: Path2D;
}

/** A scene as paths in device pixels. */
export interface ScenePaths {
  readonly pixels: ScenePixels;
  readonly curves: readonly CurvePaths[];
}

/** Makes the paths of a scene; `ratio`: device pixels per CSS pixel. */
export function tracePaths(scene: Scene, pixels: ScenePixels, theme: ThemeName, ratio: number): ScenePaths {
  const curves = scene.curves.map((of, place): CurvePaths => {
    const line = (points: SceneCurve['raw']): Path2D => {
      const path = new Path2D();
      traceLine(points, pixels, path);
      return path;
    };
    return {
      of,
      raw: line(of.raw),
      smoothed: of.smoothed === null ? null : line(of.smoothed),
      band: of.band === null ? null : bandPath(of.band, pixels),
      markers: markersPath(of, pixels, theme, ratio, place),
      events: eventsPath(of, pixels, ratio),
    };
  });
  return { pixels, curves };
}

function bandPath(band: NonNullable<SceneCurve['band']>, pixels: ScenePixels): Path2D {
  const path = new Path2D();
  traceBand(band, pixels, path);
  path.closePath();
  return path;
}

function markersPath(of: SceneCurve, pixels: ScenePixels, theme: ThemeName, ratio: number, place: number): Path2D {
  const path = new Path2D();
  const { marker } = curveStyle(of.curve, theme);
  for (const [x, y] of markerPlaces(of.smoothed ?? of.raw, pixels, ratio, place)) addMarker(path, marker, x, y, markerRadius * ratio);
  return path;
}

function eventsPath({ gapXs, skippedXs }: SceneCurve, pixels: ScenePixels, ratio: number): Path2D {
  const path = new Path2D();
  const { top, height } = pixels.box;
  const radius = markerRadius * ratio;
  for (const x of gapXs) addMarker(path, 'cross', pixels.x(x), top + height - 1.5 * radius, radius);
  for (const x of skippedXs) addMarker(path, 'triangle', pixels.x(x), top + 1.5 * radius, radius);
  return path;
}

function addMarker(path: Path2D, name: MarkerName, x: number, y: number, radius: number): void {
  markerCorners(name, x, y, radius).forEach(([cornerX, cornerY], at) => {
    if (at === 0) path.moveTo(cornerX, cornerY);
    else path.lineTo(cornerX, cornerY);
  });
  path.closePath();
}

/** Strokes the paths inside of their box; the curve of the lane in `focus` stands out. */
export function paintPaths(
  ctx: CanvasRenderingContext2D,
  { pixels, curves }: ScenePaths,
  theme: ThemeName,
  focus: number | null,
  ratio: number,
): void {
  const { left, top, width, height } = pixels.box;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top - ratio, width + ratio, height + 2 * ratio);
  ctx.clip();
  ctx.lineJoin = 'round';
  for (const paths of curves) paintCurve(ctx, paths, theme, focus, ratio);
  ctx.restore();
}

function paintCurve(ctx: CanvasRenderingContext2D, paths: CurvePaths, theme: ThemeName, focus: number | null, ratio: number): void {
  const { curve, isDense } = paths.of;
  const { colour, dash } = curveStyle(curve, theme);
  const strength = standsBack(curve, focus) ? opacity.back : curve.kind === 'overlay' ? opacity.overlay : 1;
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  if (paths.band !== null) {
    ctx.globalAlpha = opacity.band * strength;
    ctx.fill(paths.band);
  }
  const isBehind = paths.smoothed !== null;
  ctx.globalAlpha = (isBehind ? opacity.rawBehind : 1) * strength;
  ctx.lineWidth = (isDense || isBehind ? curveWidth.dense : curve.kind === 'overlay' ? curveWidth.behind : curveWidth.line) * ratio;
  ctx.setLineDash(isDense || isBehind ? [] : dash.map((length) => length * ratio));
  ctx.stroke(paths.raw);
  ctx.globalAlpha = strength;
  if (paths.smoothed !== null) {
    ctx.lineWidth = curveWidth.line * ratio;
    ctx.setLineDash(dash.map((length) => length * ratio));
    ctx.stroke(paths.smoothed);
  }
  ctx.fill(paths.markers);
  ctx.fill(paths.events);
}
