// The two files that hold MNIST, for the packer and for whoever reads them (mnist.ts, which needs tfjs, where the packer must not).

/** The file of the first load and the images in it. */
export const mnistFirstPack = { name: 'mnist.bin', trainCount: 12_000, testCount: 2_000 } as const;

/** The file with all images. */
export const mnistFullPack = { name: 'mnist-full.bin', trainCount: 60_000, testCount: 10_000 } as const;
