// Programs: the chooser, the welcome, cards and claims.

/** In English. */
export const galleryMessages = {
  'program.choose': 'Choose a program',
  'program.revert': 'Revert',
  'program.revertHint': 'Go back to the original; undo brings your edits back',
  'welcome.text':
    'The program in the editor trains here, in lanes: the same model on one worker or several, in FP32 or FP16, side by side.',
  'welcome.lanes': 'Lanes are compared fairly',
  'welcome.lanesText': 'Each lane has the GPU to itself while its steps are timed: in turns, or one after the other on a small machine.',
  'welcome.measured': 'Numbers are measured',
  'welcome.measuredText': 'Loss, accuracy, speed, memory, and how far apart the final weights are: taken on this machine.',
  'welcome.private': 'Nothing leaves this device',
  'welcome.privateText': 'Programs run in sandboxed workers without a network. There is no account and no server.',
  'card.question': 'Question',
  'card.usualAnswer': 'The usual answer',
  'card.lookAt': 'What to look at',
  'card.reveal': 'What happens instead',
  'card.misconception': 'What that gets wrong, and what this does not show',
  'card.seconds': 'about {seconds} s',
  'card.secondsHint': 'Estimated, on two cores with a software adapter; a GPU needs less',
  'claims.label': 'What this program claims',
  'claims.judgedHint': 'Judged by the program’s own functions, in its sandbox, on the results of this run',
  'claims.holds': 'holds in this run',
  'claims.fails': 'does not hold in this run',
  'claims.open': 'not judged: this run is not about it',
  'welcome.cluster': 'And on a cluster?',
  'welcome.clusterText': 'How the same step would scale to 4,096 GPUs on a network of your choice: modelled, and labelled so.',
  'welcome.clusterOpen': 'Look at it',
} as const;
