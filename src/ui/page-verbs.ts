// What keys, buttons and menus do, each in one place: a button and its shortcut are the same verb.

import type { RunHead } from '../state/history/run-record.ts';
import { readLearningRate } from '../state/learning-rate.ts';
import { locale, switchLocale, t } from '../state/locale.ts';
import type { PageState } from '../state/page.ts';
import type { Session } from '../state/session.ts';
import type { EditorService } from './editor/editor-service.ts';

/** The verbs of the page. */
export interface PageVerbs {
  run(): void;
  stop(): void;
  pauseOrResume(): void;
  /** One step of every lane; starts a run where there is none. */
  step(): void;
  reset(): void;
  /** Runs lanes of the run on screen again and compares; asks first where another tab trains. */
  verify(lanes: readonly number[]): void;
  /** The same for a kept run. */
  verifyKept(head: RunHead): void;
  stopVerifying(): void;
  /** Sets the learning rate a text stands for; false, with a notice, where it is none. */
  setLearningRate(text: string): boolean;
  /** Times the GPU kernels of so many of the next steps of the run under way. */
  timeSteps(stepCount: number): void;
  /** Counts the numbers of so many of the next steps of the run under way on f16's number line. */
  countNumbers(stepCount: number): void;
  /** Opens the lanes' fields and moves the focus there: to a lane's row, or to the text where `row` is null. */
  editLanes(row: number | null): void;
  /** Writes the draft and says so. */
  save(): void;
  /** Moves the focus from the editor to the run button; Tab belongs to the editor. */
  leaveEditor(): void;
  /** Moves the focus to the next of the page's panes. */
  nextPane(): void;
  /** Shows a place of the program in the editor. */
  showPlace(line: number, column: number): void;
  /** Goes back to the program's original; undo brings the draft back. */
  revert(): void;
  toggleLanguage(): void;
  toggleHelp(): void;
  copy(text: string): void;
  editorLabel(): string;
}

/** Elements that F6 and Ctrl+M go to; the components set these ids. */
export const runButtonId = 'run-button';
export const editorPaneId = 'editor-pane';
export const resultsPaneId = 'results-pane';
export const laneEditButtonId = 'lane-edit-button';
export const laneTextId = 'lane-text';
export const laneRowId = (row: number): string => `lane-row-${row}`;

/** Binds the verbs to the page. */
export function createVerbs(page: PageState, session: Session, editor: EditorService): PageVerbs {
  const panes: readonly { readonly id: string; readonly focus: () => void }[] = [
    { id: editorPaneId, focus: () => editor.focus() },
    { id: resultsPaneId, focus: () => document.getElementById(resultsPaneId)?.focus() },
    { id: runButtonId, focus: () => document.getElementById(runButtonId)?.focus() },
  ];

  /** Says what keeps a run from starting, where something does. */
  function canStart(): boolean {
    if (!page.seed.isValid.value) page.notice.say(t('seed.invalid'));
    else if (page.laneList.problem.value !== null) {
      page.notice.say(t('lanes.invalid'));
      editLanes(null);
    } else return true;
    return false;
  }

  function editLanes(row: number | null): void {
    page.isLaneEditorOpen.value = true;
    // Once it is drawn.
    requestAnimationFrame(() => document.getElementById(row === null ? laneTextId : laneRowId(row))?.focus());
  }

  async function verifyKept({ id, fileName }: RunHead): Promise<void> {
    // Loaded when it is needed: the page itself does without.
    const [body, { resultOf }] = await Promise.all([page.history.body(id), import('../state/history/make-records.ts')]);
    if (body === null) page.notice.say(t('history.gone'));
    else await session.verifier.verifyKept(id, { manifest: body.manifest, lane: resultOf(body) }, { source: body.source, fileName });
  }

  return {
    run() {
      if (page.run.isActive.value || !canStart()) return;
      // What became of it is in the state: cards, markers, the table.
      page.otherTabs.start(() => void session.run());
    },
    stop: () => session.stop(),
    pauseOrResume() {
      const isHeld = page.run.phase.value === 'paused' || page.run.isPausing.value;
      if (isHeld) session.resume();
      else session.pause();
    },
    step() {
      if (page.run.isActive.value) session.step();
      else if (canStart()) page.otherTabs.start(() => session.step());
    },
    reset() {
      if (!page.run.isActive.value && page.run.input.value === null) return;
      session.reset();
      page.notice.say(t('run.resetDone'));
    },
    verify(lanes) {
      if (page.run.isActive.value) page.notice.say(t('run.verifyBusy'));
      else page.otherTabs.start(() => void session.verifier.verify(lanes));
    },
    verifyKept(head) {
      if (page.run.isActive.value) {
        page.notice.say(t('run.verifyBusy'));
        return;
      }
      page.otherTabs.start(() => void verifyKept(head));
    },
    stopVerifying: () => session.verifier.stop(),
    setLearningRate(text) {
      const value = readLearningRate(text);
      if (Number.isNaN(value)) {
        page.notice.say(t('rate.invalid'));
        return false;
      }
      session.setLearningRate(value);
      return true;
    },
    timeSteps: (stepCount) => session.timeSteps(stepCount),
    countNumbers: (stepCount) => session.countNumbers(stepCount),
    editLanes,
    save() {
      page.notice.say(t(page.program.save() ? 'draft.saved' : page.program.open.value.isKept ? 'draft.refused' : 'draft.notKept'));
    },
    leaveEditor: () => document.getElementById(runButtonId)?.focus(),
    nextPane() {
      const at = panes.findIndex(({ id }) => document.getElementById(id)?.contains(document.activeElement) === true);
      panes[(at + 1) % panes.length]?.focus();
    },
    showPlace(line, column) {
      const pane = document.getElementById(editorPaneId);
      if (pane instanceof HTMLDetailsElement) pane.open = true;
      editor.reveal(line, column);
      pane?.scrollIntoView({ block: 'nearest' });
    },
    revert() {
      page.program.edit(page.program.open.value.original);
      page.notice.say(t('draft.reverted'));
    },
    toggleLanguage() {
      switchLocale(page.storage).then(
        () => {
          document.documentElement.lang = locale.value;
        },
        () => page.notice.say(t('language.refused')),
      );
    },
    toggleHelp() {
      page.isHelpOpen.value = !page.isHelpOpen.value;
    },
    copy(text) {
      navigator.clipboard.writeText(text).then(
        () => page.notice.say(t('copy.done')),
        () => page.notice.say(t('copy.refused')),
      );
    },
    editorLabel: () => t('editor.label'),
  };
}
