// What stays f32 although everything is forced into f16, by op case. An op that is not here, and one that is here and need not be, fails.

const atomic = {
  segmentSum: ['unsortedSegmentSum adds with atomics'],
  scatter: ['scatter adds with atomics'],
  dilation: ['dilation2DBackpropFilter adds with atomics', 'dilation2DBackpropInput adds with atomics'],
} as const;

/** Sentences by the name of the case. */
export const f16Exceptions: Readonly<Record<string, readonly string[]>> = {
  'gather along axis 1': atomic.segmentSum,
  gatherND: atomic.scatter,
  tensorScatterUpdate: atomic.scatter,
  unsortedSegmentSum: atomic.segmentSum,
  'dilation2d same, stride 1': atomic.dilation,
  'dilation2d valid, stride 2': atomic.dilation,
  'maxPool 1x1': ['the value is f32'], // its input, which nobody computed
};
