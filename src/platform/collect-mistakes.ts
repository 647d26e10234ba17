/**
 * Most mistakes reported for one document: the author fixes the first ones first, and finding more would delay others.
 */
export const MOST_MISTAKES = 100

/**
 * Runs a check and returns its value and the mistakes it found. The check ends at the hundredth mistake and then has no
 * value.
 */
export function collectMistakes<M, T>(
  check: (say: (mistake: M) => void) => T,
): {
  readonly value: T | undefined
  readonly mistakes: M[]
} {
  const mistakes: M[] = []
  const enough = new Error('enough mistakes')
  const say = (mistake: M) => {
    mistakes.push(mistake)
    if (mistakes.length === MOST_MISTAKES) throw enough
  }
  try {
    return { value: check(say), mistakes }
  } catch (error) {
    if (error !== enough) throw error
    return { value: undefined, mistakes }
  }
}
