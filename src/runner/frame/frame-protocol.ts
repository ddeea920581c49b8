// Messages between the page and the runner frame. Plain types: the frame is a script of its own.

/** Page to frame. */
export type FrameCommand =
  | { readonly type: 'bundle'; readonly text: string }
  | { readonly type: 'spawn'; readonly id: number; readonly rpcPort: MessagePort; readonly eventPort: MessagePort }
  /** From now on these workers, by rank, may send each other buffers through the frame. */
  | { readonly type: 'relay'; readonly group: number; readonly ids: readonly number[] }
  | { readonly type: 'terminate'; readonly ids: readonly number[] };

/** Frame to page. */
export type FrameNotice =
  | { readonly type: 'ready' }
  /** The group is known: its workers may be told. */
  | { readonly type: 'relaying'; readonly group: number }
  /** `data:` workers are refused here; from now on `blob:` workers stand in. */
  | { readonly type: 'fell-back' }
  /** Neither kind may be started. */
  | { readonly type: 'workers-refused'; readonly id: number }
  | { readonly type: 'worker-failed'; readonly id: number; readonly reason: string };
