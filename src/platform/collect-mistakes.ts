/** Of one document: whoever made so many mends the first ones first, and finding more would keep others waiting. */
export const MOST_MISTAKES = 100

/**
 * What a check makes, and what it finds wrong. The check ends with the hundredth mistake, wherever it is; then there is no
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
