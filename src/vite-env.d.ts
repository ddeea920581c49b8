declare module 'virtual:lockstep/gallery' {
  /** The programs of src/experiments without their texts: the default first, then by group and file name. */
  export const shelf: readonly Omit<import('./state/program.ts').Original, 'source'>[];
}
declare module 'virtual:lockstep/cards' {
  /** The same programs in the same order, as the gallery shows them. */
  export const cards: readonly import('./state/gallery-card.ts').GalleryCard[];
}
declare module 'virtual:lockstep/sandbox' {
  /** Address of runner.html, relative to the page. */
  export const runnerPage: string;
  /** Address of the replica bundle, relative to the page. */
  export const replicaBundle: string;
}
