// From time stamps to times. A driver may write the stamp at the beginning of a pass while the kernel before it still runs. So a command's
// time begins where the one before it in the same command buffer has ended, if that is later, and times add up to no more than the whole took.

/** What the stamps of some commands say, in milliseconds. */
export interface StampedTimes {
  /** One per command. */
  readonly ms: readonly number[];
  /** From the first beginning to the last end in each command buffer, added up. */
  readonly spanMs: number;
  /** The largest number of which all stamps are multiples, counted from the first; 0 where all are the same. */
  readonly resolutionMs: number;
}

const nanosecondsPerMs = 1e6;

/** `buffers` says which command buffer each command is in; its stamps, in nanoseconds, are at 2i and 2i + 1. What has no end takes no time. */
export function timesOf(buffers: readonly number[], stamps: BigUint64Array): StampedTimes {
  const spans = new Map<number, { readonly from: bigint; readonly to: bigint }>();
  const ms = buffers.map((buffer, index) => {
    const begin = stamps[2 * index] ?? 0n;
    const end = stamps[2 * index + 1] ?? 0n;
    const before = spans.get(buffer) ?? { from: begin, to: begin };
    const from = begin > before.to ? begin : before.to;
    const to = end > from ? end : from;
    spans.set(buffer, { from: before.from, to });
    return toMs(to - from);
  });
  const spanMs = [...spans.values()].reduce((sum, { from, to }) => sum + toMs(to - from), 0);
  return { ms, spanMs, resolutionMs: toMs(commonDivisor(stamps)) };
}

/** Of the distances from the first stamp; one that was never written is 0 and says nothing. */
function commonDivisor(stamps: BigUint64Array): bigint {
  const first = stamps.find((stamp) => stamp !== 0n) ?? 0n;
  let divisor = 0n;
  for (const stamp of stamps) {
    let [a, b] = [divisor, stamp === 0n ? 0n : stamp > first ? stamp - first : first - stamp];
    while (b !== 0n) [a, b] = [b, a % b];
    divisor = a;
  }
  return divisor;
}

function toMs(nanoseconds: bigint): number {
  return Number(nanoseconds) / nanosecondsPerMs;
}
