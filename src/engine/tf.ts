// The one place that loads TensorFlow.js. Everything else takes `tf` from here, so that a page or worker holds exactly one copy.
// Two things happen on import: the stock 'webgpu' backend is taken off the registry, because `tf.ready()` would otherwise create a
// second GPUDevice beside ours (start.ts registers our own), and tfjs's advertisements and hints on the console are switched off
// (its PROD flag does that and nothing else in 4.22.0). The kernels of both packages stay registered; WebGL and CPU stay available.

import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

tf.env().set('PROD', true);
if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');

export { tf, WebGPUBackend };
