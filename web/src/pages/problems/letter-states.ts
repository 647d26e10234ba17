import type { LetterState } from '../../api/answers.ts'

export const states: readonly LetterState[] = ['open', 'retrying', 'resolved', 'discarded']

/** The state that an address names; `open` where it names none. */
export function stateOf(given: string | undefined): LetterState {
  return states.find((one) => one === given) ?? 'open'
}
