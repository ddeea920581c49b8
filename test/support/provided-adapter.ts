// What a browser test may know about the adapter it runs on: `inject('adapter')` and `inject('hasShaderF16')`, given by
// vitest.config.ts. A test that needs native f16 asks this instead of skipping on what it finds, so that a broken adapter fails.

declare module 'vitest' {
  interface ProvidedContext {
    readonly adapter: string;
    readonly hasShaderF16: boolean;
  }
}

export {};
