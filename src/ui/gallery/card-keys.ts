// The arrow keys among the cards of the gallery. Cards stand in rows whose length the width decides, so "up" and "down" are read off where
// the cards are on screen: the nearest one, by its middle, in the closest row that way.

/** Moves the focus. Above the first row is `above`. Returns whether the key was one of these. */
export function moveAmongCards(key: string, shelves: HTMLElement, above: HTMLElement | null): boolean {
  const cards = [...shelves.querySelectorAll<HTMLElement>('.card-tile')];
  const at = cards.findIndex((card) => card === document.activeElement);
  if (at === -1) return false;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const next = nearestInRow(
      cards.map((card) => card.getBoundingClientRect()),
      at,
      key === 'ArrowUp' ? -1 : 1,
    );
    const target = next === null ? (key === 'ArrowUp' ? above : null) : cards[next];
    target?.focus();
    return true;
  }
  const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: cards.length - 1 }[key];
  if (next === undefined) return false;
  cards[next]?.focus();
  return true;
}

/** A place on screen. */
export interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

/** The index of the nearest place in the closest row above (-1) or below (1) the one at `at`; null where there is none. */
export function nearestInRow(places: readonly Place[], at: number, direction: -1 | 1): number | null {
  const from = places[at];
  if (from === undefined) return null;
  const middle = ({ left, right }: Place): number => (left + right) / 2;
  let best: number | null = null;
  let bestScore = [Infinity, Infinity] as const;
  for (const [index, place] of places.entries()) {
    const rows = (place.top - from.top) * direction;
    if (rows <= 1) continue; // the same row, give or take a rounded pixel
    const score = [rows, Math.abs(middle(place) - middle(from))] as const;
    if (score[0] < bestScore[0] - 1 || (score[0] < bestScore[0] + 1 && score[1] < bestScore[1])) {
      best = index;
      bestScore = score;
    }
  }
  return best;
}
