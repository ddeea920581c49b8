// Failure cards.

/** In English. */
export const failuresMessages = {
  'failure.copy': 'Copy this report',
  'failure.dismiss': 'Dismiss',
  'failure.showLine': 'Show this line in the editor',
  'failure.stack': 'Stack',
  'failure.inLane': 'lane {lane}',
  'failure.inRank': 'lane {lane}, rank {rank}',
  'failure.syntax': 'The program is not valid TypeScript',
  'failure.syntaxAdvice': 'Fix what is marked in the editor and run again.',
  'failure.import': 'The program imports something that is not offered',
  'failure.importAdvice': 'Import only @tensorflow/tfjs, lockstep and lockstep/lab.',
  'failure.threw': 'Your program threw an error',
  'failure.threwAdvice': 'Look at the line above; console.log before it shows what it works with.',
  'failure.invalid': 'The program does not describe a run',
  'failure.invalidAdvice': 'Export what experiment(…) or program(…) returns as default.',
  'failure.config': 'This cannot be run as configured',
  'failure.configAdvice': 'Change the option named above and run again.',
  'failure.data': 'The data cannot be trained on',
  'failure.dataAdvice': 'Check the shapes of train and test: x and y need the same number of rows, and at least one.',
  'failure.shape': 'Tensors do not fit together',
  'failure.shapeAdvice': 'Compare the model’s input and output shapes with the data’s.',
  'failure.notFinite': 'The loss is no longer a finite number',
  'failure.notFiniteAdvice': 'Usual causes: a learning rate too high, a logarithm or a division of zero, FP16 without a loss scale.',
  'failure.notSupported': 'Not possible here',
  'failure.notSupportedAdvice': 'The message says what is possible instead.',
  'failure.deviceLost': 'The GPU went away',
  'failure.deviceLostAdvice':
    'Often out of memory, or the driver was restarted. Your program is safe; run again, with smaller batches or fewer ranks if it happens twice.',
  'failure.noDevice': 'No GPU could be used',
  'failure.noDeviceAdvice': 'Use a browser with WebGPU, and check that hardware acceleration is switched on.',
  'failure.deviceChanged': 'The GPU went away while lanes were starting',
  'failure.deviceChangedAdvice': 'Run again: every lane then uses what is left. If the GPU comes back, reload the page to use it.',
  'failure.workerDied': 'A worker ended unexpectedly',
  'failure.workerDiedAdvice': 'Often out of memory. Run again; fewer ranks or smaller batches need less.',
  'failure.deadlock': 'The ranks wait for each other',
  'failure.deadlockAdvice':
    'Look for a collective that only some ranks call, often under an if (rank === 0), and for two ranks that both receive before they send.',
  'failure.rankLost': 'A rank was lost',
  'failure.rankLostAdvice':
    'The lanes beside it went on. Add +elastic to the lane, and it goes on with the ranks that are left; if nobody asked for the loss, fewer ranks or smaller batches need less memory.',
  'failure.replicasDiffer': 'Replicas that must be identical are not',
  'failure.replicasDifferAdvice':
    'If every rank computes the same, this is a mistake of this page: please copy the report and send it to its makers.',
  'failure.bug': 'A mistake in this page, not in your program',
  'failure.bugAdvice': 'Please copy the report and send it to the makers of this page. Running again may help.',
} as const;
